/** The moving picture: canvas, camera, box and cloud, drawn anew only when something has changed. */

import { home } from "../view/box.js";
import { h } from "../core/dom.js";
import { zoomed } from "../view/orbit.js";
import { channels } from "../core/theme.js";
import {
  AREA, AREA_SIZES, COUNT, COUNT_LARGEST, COUNT_POWER, DISTANCE, DISTANCE_POWER, FILM_ROOM, RADIUS,
} from "../shared/drawing.js";
import { boxOf } from "../view/frame.js";
import { Lens } from "../view/lens.js";
import { Painter } from "../view/painter.js";
import { drawTrail } from "./trail.js";

const SHARPEST = 2; // pixels of the canvas per CSS pixel
const SLOW = 12; // milliseconds of drawing from which a high resolution is given up
const EASE = 350; // milliseconds in which two thirds of a change of the box's limits are made

export class Stage {
  /** @param {HTMLElement} slot @param {{palette: string[], ink: import("../view/cloud.js").Ink}} context */
  constructor(slot, { palette, ink }) {
    this.slot = slot;
    this.palette = palette;
    this.canvas = h("canvas", { class: "mx-film-canvas", "data-testid": "film-canvas", "aria-hidden": "true", hidden: true }); // black until it is drawn on
    this.pen = this.canvas.getContext("2d", { alpha: false });
    this.painter = new Painter();
    this.lens = new Lens();
    this.sharpness = SHARPEST;
    this.spent = [];
    this.mark = this.followed = null;
    slot.prepend(this.canvas);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(slot);
    this.ink = ink;
  }

  /** @param {{labels: Uint8Array, shown: boolean[], classes: number, axes: string[], limits: number[][], camera: import("../view/orbit.js").Camera|null}} film */
  begin({ labels, shown, classes, axes, limits, camera }) {
    Object.assign(this, { labels, shown, axes, goal: limits, limits: limits.map((pair) => [...pair]), camera, turnedByHand: camera !== null });
    this.colours = Array.from({ length: classes }, (_, label) => this.palette[label % this.palette.length]);
    this.recolour(this.ink);
    this.resize();
  }

  /** @param {import("../view/cloud.js").Ink} ink */
  recolour(ink) {
    this.ink = ink;
    if (!this.colours) return;
    this.painter.dye(this.colours, { surface: channels(ink.surface), line: channels(ink.line) });
    this.moved = this.stale = true;
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.slot;
    if (!this.limits || !width || !height) return;
    const unit = Math.min(window.devicePixelRatio || 1, this.sharpness);
    const [across, down] = [Math.round(width * unit), Math.round(height * unit)];
    if (across === this.painter.width && down === this.painter.height && unit === this.unit) return;
    Object.assign(this, { width, height, unit });
    this.canvas.width = across;
    this.canvas.height = down;
    this.painter.resize(across, down, unit);
    if (!this.turnedByHand) this.camera = this.home();
    this.moved = this.stale = true;
    this.draw();
  }

  /** @param {number[][]} limits towards which the box grows or shrinks, calmly */
  setLimits(limits) {
    this.goal = limits;
    this.stale = true;
  }

  /** @param {(camera: import("../view/orbit.js").Camera) => import("../view/orbit.js").Camera} change */
  turn(change) {
    if (!this.camera) return;
    this.camera = change(this.camera);
    this.turnedByHand = this.moved = this.stale = true;
  }

  reset() {
    if (!this.goal) return;
    this.camera = this.home();
    this.turnedByHand = false;
    this.moved = this.stale = true;
  }

  home() {
    return zoomed(home(this.goal, this.width, this.height), FILM_ROOM);
  }

  /** @param {Float32Array} points (n, 3) of this moment */
  show(points) {
    this.points = points;
    this.stale = true;
  }

  /** @param {number} elapsed milliseconds @returns {boolean} whether the box is still on its way */
  ease(elapsed) {
    const share = 1 - Math.exp(-elapsed / EASE);
    let left = 0;
    this.limits?.forEach((pair, axis) => pair.forEach((value, end) => {
      const way = this.goal[axis][end] - value;
      pair[end] += Math.abs(way) < 1e-4 ? way : share * way;
      left = Math.max(left, Math.abs(this.goal[axis][end] - pair[end]));
    }));
    if (left > 0) this.moved = this.stale = true;
    return left > 0;
  }

  draw() {
    if (!this.stale || !this.points || !this.width) return;
    const start = performance.now();
    this.stale = this.canvas.hidden = false;
    const { painter, lens, unit } = this;
    if (this.moved) {
      lens.aim(this.camera, this.limits, painter.width, painter.height);
      this.room = boxOf(lens, this.limits, this.axes, unit);
      painter.furnish(this.room.lines);
      this.moved = false;
    }
    painter.paint(this.points, this.labels, this.shown, lens, this.radius);
    this.pen.putImageData(painter.image, 0, 0);
    this.letter();
    if (this.followed) drawTrail(this.pen, this);
    this.ring();
    this.measure(performance.now() - start);
  }

  /** Of a disc at the box's middle, by the size of the stage and the number of points. */
  get radius() {
    return discRadius(this.width, this.height, this.lens.distance, this.labels.length);
  }

  /** The numbers along the axes and their names. */
  letter() {
    const { pen, ink, unit } = this;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (const { x, y, text, title } of this.room.labels) {
      pen.font = `${(title ? 18 : 13) * unit}px ${ink.font}`;
      pen.fillStyle = title ? ink.text : ink.muted;
      pen.fillText(text, x, y);
    }
  }

  /** Around the sample under the mouse. */
  ring() {
    if (this.mark === null) return;
    const { pen, unit, points, mark } = this;
    const [x, y] = this.lens.place(points.subarray(3 * mark, 3 * mark + 3));
    pen.beginPath();
    pen.arc(x, y, 7 * unit, 0, 2 * Math.PI);
    pen.strokeStyle = this.ink.text;
    pen.lineWidth = 1.5 * unit;
    pen.stroke();
  }

  /** A machine that cannot keep up gets fewer pixels. */
  measure(time) {
    this.spent = [...this.spent.slice(-19), time];
    const usual = [...this.spent].sort((a, b) => a - b)[this.spent.length >> 1];
    if (this.spent.length % 20 === 0) this.slot.dataset.usual = usual.toFixed(2);
    if (this.spent.length < 20 || usual < SLOW || this.unit <= 1) return;
    this.sharpness = Math.max(1, this.unit * 0.7);
    this.spent = [];
    this.resize();
  }

  dispose() {
    this.observer.disconnect();
    this.canvas.remove();
  }
}

/** Radius in CSS pixels of a disc in a picture of that size with `count` points, seen from `distance`; as in model/film/drawing.py. */
export function discRadius(width, height, distance, count) {
  const room = Math.min(AREA_SIZES[1], Math.max(AREA_SIZES[0], Math.min(width, height) / AREA));
  const crowd = Math.min(COUNT_LARGEST, (COUNT / Math.max(count, 1)) ** COUNT_POWER);
  return RADIUS * room * crowd * (DISTANCE / distance) ** DISTANCE_POWER;
}
