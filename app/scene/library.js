/** Plotly, from this server. A module of its own, so that its 4.8 MB start to load before the rest of the scene. */

/** @type {Promise<*>|null} */
let library = null;

/** Loads Plotly once per page, from this server. @param {string} address @returns {Promise<*>} */
export function loadPlotly(address) {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => { performance.mark("mx-plotly"); resolve(window.Plotly); };
    script.onerror = () => { library = null; reject(new Error("Plotly could not be loaded.")); };
    document.head.append(script);
  });
  return library;
}
