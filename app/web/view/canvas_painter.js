/** Paints a cloud on a canvas of its own, box and axes included: no WebGL, and quick enough for clouds that move. */

import { h } from "../core/dom.js";
import { channels } from "../core/theme.js";
import { LABEL_ROOM, NUMBER, TITLE } from "../shared/view.js";
import { axesOf } from "./axes.js";
import { Lens } from "./lens.js";
import { discRadius, Raster } from "./raster.js";

const SHARPEST = 2; // pixels of the canvas per CSS pixel
const SLOW = 12; // milliseconds of drawing from which a high resolution is given up
const MEASURED = 20; // pictures
const STYLE = { position: "absolute", inset: "0", width: "100%", height: "100%", touchAction: "none" };

/** @typedef {import("./painters.js").PainterMembers} PainterMembers */

/** @implements {PainterMembers} */
export class CanvasPainter extends EventTarget {
  room = LABEL_ROOM;

  /** @param {number} [discs] times as large as a small canvas has them */
  constructor(discs = 1) {
    super();
    this.discs = discs;
    // Hidden until it is drawn on, as an opaque canvas is black before.
    this.surface = h("canvas", { class: "mx-cloud", style: STYLE, "aria-hidden": "true", hidden: true });
    this.pen = this.surface.getContext("2d", { alpha: false });
    this.raster = new Raster();
    this.aimed = new Lens();
    this.sharpness = SHARPEST;
    this.spent = [];
    this.pose = null;
  }

  /** @param {import("./painters.js").Scene} scene */
  start({ points, labels, shown, selected, limits, axes, palette, theme }) {
    this.points = points;
    this.labels = labels;
    this.shown = shown;
    this.selected = selected ?? null;
    this.limits = limits;
    this.axes = axes;
    this.colours = shown.map((_, label) => palette[label % palette.length]);
    this.setTheme(theme);
  }

  get lens() {
    return this.pose && this.aimed;
  }

  setPoints(points) {
    this.points = points;
    this.stale = true;
  }

  setShown(shown) {
    this.shown = shown;
    this.stale = true;
  }

  setSelected(selected) {
    this.selected = selected;
    this.stale = true;
  }

  setLimits(limits) {
    this.limits = limits;
    this.moved = true;
  }

  setTheme(theme) {
    this.theme = theme;
    this.raster.dye(this.colours, { surface: channels(theme.surface), line: channels(theme.line) });
    this.moved = true;
  }

  resize(width, height) {
    const unit = Math.min(window.devicePixelRatio || 1, this.sharpness);
    const [across, down] = [Math.round(width * unit), Math.round(height * unit)];
    this.width = width;
    this.height = height;
    if (across === this.raster.width && down === this.raster.height && unit === this.unit) return;
    this.unit = unit;
    this.surface.width = across;
    this.surface.height = down;
    this.raster.resize(across, down, unit);
    this.moved = true;
  }

  draw(pose) {
    this.moved ||= pose !== this.pose;
    if (!(this.stale || this.moved) || !this.points || !this.width) return;
    const start = performance.now();
    this.pose = pose;
    if (this.moved) this.aim();
    this.stale = this.moved = false;
    if (this.surface.hidden) this.surface.hidden = false;
    const radius = this.discs * discRadius(this.width, this.height, this.aimed.distance, this.labels.length);
    this.raster.paint(this.points, this.labels, this.shown, this.fine, radius, this.selected);
    this.pen.putImageData(this.raster.image, 0, 0);
    this.write();
    this.measure(performance.now() - start);
    this.dispatchEvent(new Event("frame"));
  }

  /** The lens, in CSS pixels and in those of the canvas, and the empty box. */
  aim() {
    this.aimed.aim(this.pose, this.limits, this.width, this.height);
    this.fine = this.aimed.scaled(this.unit);
    const { lines, labels } = axesOf(this.fine, this.limits, this.axes, this.unit);
    this.words = labels;
    this.raster.setGround(lines);
  }

  /** The numbers along the axes and their names. */
  write() {
    const { pen, theme, unit } = this;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (const { x, y, text, title } of this.words) {
      pen.font = `${(title ? TITLE : NUMBER).size * unit}px ${theme.font}`;
      pen.fillStyle = title ? theme.text : theme.muted;
      pen.fillText(text, x, y);
    }
  }

  /** A machine that cannot keep up gets fewer pixels. @param {number} time milliseconds */
  measure(time) {
    this.spent = [...this.spent.slice(1 - MEASURED), time];
    const usual = [...this.spent].sort((a, b) => a - b)[this.spent.length >> 1];
    if (this.spent.length === MEASURED) this.surface.dataset.usual = usual.toFixed(2);
    if (this.spent.length < MEASURED || usual < SLOW || this.unit <= 1) return;
    this.sharpness = Math.max(1, this.unit * 0.7);
    this.spent = [];
    this.resize(this.width, this.height);
    this.draw(this.pose);
  }

  dispose() {
    this.surface.remove();
    this.surface.width = this.surface.height = 0; // its memory at once, not when it is collected
  }
}
