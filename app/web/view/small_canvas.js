/**
 * A canvas that covers no more than what is drawn on it. Where no graphics card helps, the browser puts all that a
 * changed canvas covers together anew in each frame: over the whole view that took longer than everything else.
 */

import { h } from "../core/dom.js";

const STEP = 64; // pixels: the canvas moves and grows by steps, so that it seldom has to be made anew
const STYLE = { position: "absolute", top: "0", left: "0", pointerEvents: "none", willChange: "transform" };

export class SmallCanvas {
  /** @param {string} name its class @param {number} level above (z-index) all canvases with a lower one */
  constructor(name, level) {
    const style = { ...STYLE, zIndex: String(level) };
    this.canvas = h("canvas", { class: name, style, "aria-hidden": "true", hidden: true });
    this.pen = this.canvas.getContext("2d");
    this.resize(0, 0);
  }

  /** @param {number} width @param {number} height of the field in which it lies, pixels */
  resize(width, height) {
    this.field = [width, height];
    this.scale = Math.min(window.devicePixelRatio || 1, 2);
    this.box = "";
  }

  /**
   * Clears it and makes room around these places.
   * @param {ArrayLike<number>[]} places x and y in pixels of the field
   * @param {number} margin pixels
   * @returns {CanvasRenderingContext2D} draws in pixels of the field
   */
  cover(places, margin) {
    const spans = [0, 1].map((axis) => this.span(places.map((place) => place[axis]), margin, this.field[axis]));
    const [[left, right], [top, bottom]] = spans;
    this.place(left, top, right - left, bottom - top);
    this.pen.setTransform(this.scale, 0, 0, this.scale, -left * this.scale, -top * this.scale);
    return this.pen;
  }

  /** From and to of a drawing along one axis, in whole steps and no farther than the field goes. */
  span(values, margin, size) {
    const low = Math.floor((Math.min(...values) - margin) / STEP) * STEP;
    const high = Math.ceil((Math.max(...values) + margin) / STEP) * STEP;
    const from = Math.min(Math.max(low, 0), size);
    return [from, Math.max(from, Math.min(high, size))];
  }

  place(left, top, width, height) {
    if (this.canvas.hidden) this.canvas.hidden = false;
    const box = `${left} ${top} ${width} ${height}`;
    if (box === this.box) return this.wipe();
    this.box = box;
    const { canvas, scale } = this;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const size = { width: `${width}px`, height: `${height}px` };
    Object.assign(canvas.style, size, { transform: `translate(${left}px, ${top}px)` });
  }

  /** Nothing is drawn. */
  clear() {
    if (!this.canvas.hidden) this.canvas.hidden = true;
  }

  wipe() {
    this.pen.setTransform(1, 0, 0, 1, 0, 0);
    this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }
}
