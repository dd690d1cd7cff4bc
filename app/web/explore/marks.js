/** What the marks in the scene mean: a line of those that are there now, each with a word on hover. */

import { h } from "../core/dom.js";

const STAR = "M8 0.8 L10.1 5.6 L15.2 6.1 L11.4 9.5 L12.5 14.6 L8 11.9 L3.5 14.6 L4.6 9.5 L0.8 6.1 L5.9 5.6 Z";
const DISC = "M8 2 a6 6 0 1 0 0.01 0 Z";
const RING = "M8 4 a4 4 0 1 0 0.01 0 Z";
const SQUARE = "M3 3 H13 V13 H3 Z";
const TRIANGLE = "M8 2 L14 13 H2 Z";
const DIAMOND = "M8 2 L14 8 L8 14 L2 8 Z";
const LINE = "M1 12 L6 5 L10 10 L15 3";
const SHAPES = {
  probe: DISC, start: STAR, upload: STAR, nearest: RING, "nearest-pixel": SQUARE, "nearest-view": TRIANGLE, trail: LINE,
  selected: DIAMOND,
};
const OF_SPACE = { latent: "nearest", pixel: "nearest-pixel", view: "nearest-view" };

export class Marks {
  /** @param {HTMLElement} stage @param {import("./panel_list.js").Context} context */
  constructor(stage, context) {
    this.context = context;
    this.listening = new AbortController();
    this.entries = Object.fromEntries(Object.keys(SHAPES).map((name) => [name, this.entry(name)]));
    const words = { "aria-label": context.t("marks.label"), "data-testid": "marks" };
    this.element = h("ul", { class: "mx-marks", ...words }, ...Object.values(this.entries));
    stage.append(this.element);
    const { signal } = this.listening;
    context.probe.addEventListener("anchor", () => this.show(), { signal });
    for (const event of ["star", "neighbours"]) {
      context.overlay.addEventListener(event, () => this.show(), { signal });
    }
    context.trail.addEventListener("change", () => this.show(), { signal });
    context.selection.addEventListener("change", () => this.show(), { signal });
    this.show();
  }

  entry(name) {
    const { t } = this.context;
    return h("li", { class: `mx-mark mx-mark-${name}`, title: t(`marks.${name}.help`), "data-testid": `mark-${name}` },
      shape(SHAPES[name]), t(`marks.${name}`));
  }

  show() {
    const { probe, overlay, trail, selection } = this.context;
    this.entries.start.hidden = probe.anchor.kind !== "sample";
    this.entries.upload.hidden = overlay.uploadPlace() === null;
    for (const [space, name] of Object.entries(OF_SPACE)) this.entries[name].hidden = !overlay.neighbours[space];
    this.entries.trail.hidden = !trail.canGoBack;
    this.entries.selected.hidden = !selection.indices.length;
  }

  dispose() {
    this.listening.abort();
    this.element.remove();
  }
}

/** The mark at the neighbours in a space. @param {string} space */
export function markShape(space) {
  return shape(SHAPES[OF_SPACE[space]]);
}

/** @param {string} outline */
function shape(outline) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", outline);
  svg.append(path);
  return svg;
}
