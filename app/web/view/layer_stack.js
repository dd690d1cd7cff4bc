/** Layers of a view, on one canvas above its cloud. */

import { oncePerFrame } from "../core/dom.js";
import { MARGIN } from "./layers.js";
import { SmallCanvas } from "./small_canvas.js";

/** @typedef {import("./layers.js").Layer} Layer */

export class LayerStack {
  /**
   * @param {() => {lens: import("./lens.js").Lens|null,
   *   theme: import("../core/theme.js").ThemeColours}} seen the view's, now
   * @param {string} name of the canvas @param {number} level see SmallCanvas
   */
  constructor(seen, name, level) {
    this.seen = seen;
    this.small = new SmallCanvas(name, level);
    /** @type {Layer[]} from the lowest to the highest */
    this.layers = [];
    this.drawSoon = oncePerFrame(() => this.draw());
  }

  get canvas() {
    return this.small.canvas;
  }

  /** @returns {Layer|null} above which all others lie */
  get lowest() {
    return this.layers[0] ?? null;
  }

  /** @param {Layer} layer @param {Layer|null} [below] the one that it lies right below; otherwise above all others */
  add(layer, below = null) {
    const at = below ? this.layers.indexOf(below) : this.layers.length;
    this.layers.splice(at, 0, layer);
    this.drawSoon();
  }

  /** @param {Layer} layer */
  remove(layer) {
    this.layers = this.layers.filter((each) => each !== layer);
    this.drawSoon();
  }

  /** @param {number} width @param {number} height of the view */
  resize(width, height) {
    this.small.resize(width, height);
  }

  draw() {
    this.drawSoon.cancel();
    const { lens, theme } = this.seen();
    const project = (point) => lens.place(point);
    const places = lens ? this.layers.flatMap((layer) => layer.places(project)) : [];
    if (!places.length) return this.small.clear();
    const pen = this.small.cover(places, MARGIN);
    for (const layer of this.layers) layer.draw(pen, project, theme);
  }

  /** @param {number} x @param {number} y @returns {Layer|null} the highest that says that it is there */
  at(x, y) {
    const { lens } = this.seen();
    const project = (point) => lens.place(point);
    return (lens && this.layers.findLast((layer) => layer.hit?.(x, y, project))) ?? null;
  }

  /** @param {number} x @param {number} y @returns {number} the sample that a layer draws there, or -1 */
  sampleAt(x, y) {
    const { lens } = this.seen();
    const project = (point) => lens.place(point);
    const found = lens ? this.layers.map((layer) => layer.sampleAt?.(x, y, project) ?? -1) : [];
    return found.findLast((index) => index >= 0) ?? -1;
  }

  /**
   * @param {number} x @param {number} y @param {number} reach pixels
   * @returns {import("./layers.js").Grip|null} the highest
   */
  gripAt(x, y, reach) {
    const { lens } = this.seen();
    const isNear = (grip) => {
      const [gx, gy, depth] = lens.place(grip.point());
      return depth > 0 && Math.hypot(gx - x, gy - y) <= reach;
    };
    return (lens && this.layers.findLast(({ grip }) => grip && isNear(grip))?.grip) ?? null;
  }

  dispose() {
    this.drawSoon.cancel();
    this.layers = [];
    this.canvas.remove();
  }
}
