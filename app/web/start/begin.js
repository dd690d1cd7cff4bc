/**
 * The page before Streamlit's client runs: says what is loading, and begins the scene, which needs that client for
 * nothing. The first component that the client makes takes the scene over (`mount` in scene.js).
 */

import { translator } from "../core/dom.js";
import { applyOptions } from "../core/link_options.js";
import { Loading } from "../core/loading.js";
import { progress } from "../core/progress.js";

const said = JSON.parse(document.getElementById("mx-start").textContent);
const box = document.getElementById("mx-loading");
const t = translator(said.strings);

/** Counts the files that the server has named, as they arrive. */
function watchFiles() {
  const sizes = new Map(Object.entries(said.files).map(([path, bytes]) => [new URL(path, location.href).href, bytes]));
  const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  let done = 0;
  new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) {
      done += sizes.get(name) ?? 0;
      sizes.delete(name);
    }
    progress.set("code", done, total);
  }).observe({ type: "resource", buffered: true });
  progress.set("code", 0, total);
}

/** A script that did not come: nothing will start by itself any more. */
function fail() {
  if (!box.isConnected) return;
  const again = Object.assign(document.createElement("button"), {
    className: "mx-button", type: "button", onclick: () => location.reload(),
  });
  again.textContent = t("loading.again");
  box.replaceChildren(Object.assign(document.createElement("p"), { textContent: t("loading.failed") }), again);
  box.setAttribute("role", "alert");
}

applyOptions();
watchFiles();
window.addEventListener("error", ({ target }) => {
  if (target instanceof HTMLScriptElement) fail();
}, { capture: true });
if (box) new Loading(document.body, box).show(t);
if (said.scene) {
  progress.set("library", 0, said.scene.library.packed); // it is part of the way from the start
  import("../explore/scene.js").then(({ begin }) => begin(document.getElementById("mx-early"), said.scene)).catch(fail);
}
