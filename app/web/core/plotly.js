/** Plotly, from this server. A module of its own, so that it starts to load before the rest of the scene. */

import { progress, received } from "./progress.js";

/** Plotly did not come: `key` names the sentence for it. */
class LibraryError extends Error {
  key = "notice.library";
}

/** @type {Promise<PlotlyLibrary>|null} */
let library = null;

/**
 * Loads Plotly once per page, from this server.
 * @param {{address: string, packed: number, plain: number}} file its bytes over the line and unpacked
 * @returns {Promise<PlotlyLibrary>} @throws {LibraryError}
 */
export function loadPlotly(file) {
  library ??= fetched(file).then(() => run(file.address)).catch(() => {
    library = null;
    throw new LibraryError("Plotly could not be loaded.");
  });
  return library;
}

/** Into the browser's cache, telling how far it is, which a script element cannot; it then finds the file there. */
async function fetched({ address, packed, plain }) {
  progress.set("library", 0, packed);
  const response = await fetch(address);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  await received(response, (bytes) => progress.set("library", (bytes / plain) * packed, packed));
}

/** @param {string} address @returns {Promise<PlotlyLibrary>} */
function run(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => { performance.mark("mx-plotly"); resolve(window.Plotly); };
    script.onerror = () => reject(new Error("The script did not load."));
    document.head.append(script);
  });
}
