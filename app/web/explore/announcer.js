/**
 * Tells a screen reader where the probe has come to rest: its place, the nearest sample, how dense the data are there.
 * Silent while it moves.
 */

import { PRINT } from "../core/figures.js";
import { placeOf } from "./gauge.js";

const REST = 700; // ms without a move and without a new answer

export class Announcer {
  /**
   * @param {HTMLElement} region that a screen reader listens to
   * @param {import("./panel_list.js").Context} context
   */
  constructor(region, context) {
    this.region = region;
    this.context = context;
    this.untold = false;
    this.abort = new AbortController();
    const { signal } = this.abort;
    context.probe.addEventListener("move", () => this.moved(), { signal });
    const arrived = (/** @type {CustomEvent} */ { detail }) => this.arrived(detail);
    context.feed.addEventListener("current", arrived, { signal });
  }

  moved() {
    clearTimeout(this.timer);
    this.untold = true;
  }

  /** @param {import("./feed.js").Found} found */
  arrived(found) {
    clearTimeout(this.timer);
    if (this.untold) this.timer = window.setTimeout(() => this.tell(found), REST);
  }

  /** @param {import("./feed.js").Found} found */
  tell({ answer: { neighbours, metric, density: { percentile } }, without }) {
    const { t, axes, probe, labels, classLabel } = this.context;
    const [{ label, distance }] = neighbours;
    this.untold = false;
    this.region.textContent = t(without === null ? "probe.said" : "probe.said.sample", {
      place: axes.map((axis, at) => `${axis} ${probe.position[at].toFixed(2)}`).join(", "), name: classLabel(label),
      distance: PRINT[metric](distance), map: t(`gauge.${placeOf(percentile)}`), index: without,
      own: classLabel(labels[without]),
    });
  }

  dispose() {
    this.abort.abort();
    clearTimeout(this.timer);
    this.region.textContent = "";
  }
}
