/** The skeleton of the page: the scene left, the panels right. */

import { h } from "../core/dom.js";

const PANELS = [
  "pair", "detail", "about", "data", "gauge", "sliders", "axes", "sheet", "bookmarks", "nearest", "selection", "upload",
  "every", "reduction",
];

/**
 * @typedef {Object<string, HTMLElement>} Layout root, stages, stage, notice, stats, tools, walk, classes, said, and a
 *   panel for each of PANELS
 */

/** @returns {Layout} */
export function layout() {
  const polite = { role: "status", "aria-live": "polite" };
  const notice = h("div", { class: "mx-notices", ...polite, "data-testid": "notices" });
  const stats = h("div", { class: "mx-stats", "data-testid": "stats" });
  const tools = h("div", { class: "mx-tools" });
  const walk = h("section", { class: "mx-walk", "data-testid": "walk", hidden: true });
  const classes = h("div", { class: "mx-classes" });
  const about = { class: "mx-stage", "data-testid": "stage", tabindex: 0, role: "application" };
  const stage = h("div", about, notice, stats);
  const stages = h("div", { class: "mx-stages" }, stage);
  const scene = h("div", { class: "mx-scene" }, h("div", { class: "mx-top" }, classes, tools), stages, walk);
  const panel = (name) => h("section", { class: `mx-panel mx-panel-${name}`, "data-testid": `panel-${name}` });
  const panels = /** @type {Layout} */ (Object.fromEntries(PANELS.map((name) => [name, panel(name)])));
  const side = h("aside", { class: "mx-side", "data-testid": "side" }, ...Object.values(panels));
  const said = h("p", { class: "mx-unseen", ...polite, "data-testid": "said" });
  const root = h("div", { class: "mx-root", "data-testid": "explorer" }, scene, side, said);
  return { root, stages, stage, notice, stats, tools, walk, classes, ...panels, said };
}
