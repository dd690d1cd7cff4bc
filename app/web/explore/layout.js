/** The skeleton of the page: the scene left, the panels right. */

import { h } from "../core/dom.js";

/**
 * @typedef {{root: HTMLElement, stage: HTMLElement, plot: HTMLElement, canvas: HTMLCanvasElement, notice: HTMLElement, stats: HTMLElement,
 *   tools: HTMLElement, classes: HTMLElement, pair: HTMLElement, about: HTMLElement, gauge: HTMLElement, sliders: HTMLElement, nearest: HTMLElement,
 *   upload: HTMLElement, data: HTMLElement, said: HTMLElement}} Layout
 */

/** @returns {Layout} */
export function layout() {
  const plot = h("div", { class: "mx-plot", "data-testid": "plot" });
  const canvas = h("canvas", { class: "mx-overlay", "aria-hidden": "true" });
  const notice = h("div", { class: "mx-notices", role: "status", "aria-live": "polite", "data-testid": "notices" });
  const stats = h("div", { class: "mx-stats", "data-testid": "stats" });
  const tools = h("div", { class: "mx-tools" });
  const classes = h("div", { class: "mx-classes" });
  const field = h("div", { class: "mx-stage", "data-testid": "stage", tabindex: 0, role: "application" }, plot, canvas, notice, stats);
  const stage = h("div", { class: "mx-scene" }, h("div", { class: "mx-top" }, classes, tools), field);
  const panel = (name) => h("section", { class: `mx-panel mx-panel-${name}`, "data-testid": `panel-${name}` });
  const [pair, about, gauge, sliders, nearest, upload, data] = ["pair", "about", "gauge", "sliders", "nearest", "upload", "data"].map(panel);
  const side = h("aside", { class: "mx-side", "data-testid": "side" }, pair, about, data, gauge, sliders, nearest, upload);
  const said = h("p", { class: "mx-unseen", role: "status", "aria-live": "polite", "data-testid": "said" });
  const root = h("div", { class: "mx-root", "data-testid": "explorer" }, stage, side, said);
  return { root, stage: field, plot, canvas, notice, stats, tools, classes, pair, about, gauge, sliders, nearest, upload, data, said };
}
