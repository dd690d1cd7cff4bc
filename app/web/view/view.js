/**
 * A cloud of points in three dimensions, in any element, in one call:
 *
 *     const view = new View(element, { points, labels, limits });
 *
 * It draws box, axes and cloud, and listens to mouse, pen, fingers and keys. Above the cloud lie layers (layers.js):
 * `view.add(new Rings(...))`, and below these, on a canvas that stays as it is while a hand moves them, the backdrop:
 * `view.backdrop.add(...)`. Views that share a camera turn together: give one's `camera` to the next, or `link` them.
 * The painter is the canvas, or a PlotlyPainter. `dispose` takes away all that it has brought.
 *
 * Events: `camera` (it has been moved), `frame` (the cloud has been drawn anew), `hover` and `pick` (a Hit as detail),
 * `shown` (other classes are), `lost` (the graphics card has dropped the picture).
 */

import { oncePerFrame } from "../core/dom.js";
import { PALETTE, readTheme } from "../core/theme.js";
import { home, inBox } from "./box.js";
import { Camera } from "./camera.js";
import { CanvasPainter } from "./canvas_painter.js";
import { Gestures } from "./gestures.js";
import { LayerStack } from "./layer_stack.js";
import { centred, zoomed } from "./orbit.js";
import { nearest } from "./picking.js";

const AXES = ["z1", "z2", "z3"];

/**
 * @typedef {import("./orbit.js").Pose} Pose
 * @typedef {import("./layers.js").Layer} Layer
 * @typedef {import("./layers.js").Point} Point
 * @typedef {{index: number, layer: Layer|null, x: number, y: number}} Hit the point that is there, or -1, and the layer
 *
 * @typedef {object} Options
 * @property {Float32Array|null} [points] (n, 3); null: they come later, by `setPoints`
 * @property {Uint8Array} labels (n,)
 * @property {import("./box.js").Limits} limits of the box
 * @property {string[]} [palette] "#rrggbb" by class
 * @property {boolean[]} [shown] by class
 * @property {string[]} [axes] names
 * @property {import("../core/theme.js").ThemeColours} [theme] otherwise that of the page around the element
 * @property {Camera} [camera] that other views may have as well
 * @property {import("./painters.js").Painter} [painter] otherwise a CanvasPainter
 */

export class View extends EventTarget {
  /** @param {HTMLElement} element of definite size; it becomes focusable @param {Options} options */
  constructor(element, options) {
    super();
    const { points = null, labels, limits, palette = PALETTE, axes = AXES } = options;
    const { shown = everyClass(labels), theme = readTheme(element), painter = new CanvasPainter() } = options;
    this.element = element;
    this.points = points;
    this.labels = labels;
    this.limits = limits;
    this.palette = palette;
    this.axes = axes;
    this.shown = shown;
    /** @type {Uint8Array|null} */
    this.selected = null;
    this.theme = theme;
    this.painter = painter;
    this.backdrop = new LayerStack(() => this, "mx-backdrop", 10);
    this.layers = new LayerStack(() => this, "mx-overlay", 30);
    this.width = this.height = 0;
    this.abort = new AbortController();
    this.leave = placed(element, painter.surface, this.backdrop.canvas, this.layers.canvas);
    this.drawSoon = oncePerFrame(() => this.draw());
    this.use(options.camera ?? new Camera());
    painter.addEventListener("frame", () => { this.drawLayers(); this.tell("frame"); });
    painter.addEventListener("lost", () => this.tell("lost"));
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(element);
    /** @type {Promise<void>} settled when the cloud is drawn, or the view is gone */
    this.ready = this.begin();
  }

  async begin() {
    this.measure();
    await this.painter.start(this, () => this.pose);
    if (this.gone) return;
    this.gestures = new Gestures(this);
    this.resize();
  }

  get gone() {
    return this.abort.signal.aborted;
  }

  tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  // The camera

  /** Looks through this camera from now on. @param {Camera} camera */
  use(camera) {
    this.unused?.abort();
    this.unused = new AbortController();
    this.camera = camera;
    camera.addEventListener("change", () => { this.tell("camera"); this.drawSoon(); }, { signal: this.unused.signal });
    this.drawSoon();
  }

  /** Both turn together. @param {View} other */
  link(other) {
    this.use(other.camera);
  }

  /** Turns alone again, from where it stands. */
  unlink() {
    this.use(new Camera(this.camera.pose));
  }

  /** @returns {Pose} the one that is drawn */
  get pose() {
    return this.camera.pose ?? (this.whole ??= this.home());
  }

  /** @returns {Pose} as near as the whole box is seen in this view */
  home() {
    return zoomed(home(this.limits, this.width, this.height), this.painter.room);
  }

  /** @param {import("./orbit.js").Change} change */
  turn(change) {
    this.camera.turn(change, this.pose);
  }

  /** To the whole box, in each view of this camera. */
  reset() {
    this.whole = null;
    this.camera.set(null);
  }

  /** @param {Point} point that comes into the middle: from then on the camera turns about it */
  centre(point) {
    this.turn((pose) => centred(pose, inBox(this.limits, point)));
  }

  // What is seen

  /**
   * @template {Layer} L @param {L} layer
   * @param {Layer|null} [below] the one that it lies right below; otherwise it lies above all others
   * @returns {L}
   */
  add(layer, below = null) {
    this.layers.add(layer, below);
    return layer;
  }

  /** @param {Layer} layer */
  remove(layer) {
    this.layers.remove(layer);
  }

  /** @param {Float32Array} points as many as before */
  setPoints(points) {
    this.points = points;
    this.painter.setPoints(points);
    this.drawSoon();
  }

  /** @param {boolean[]} shown by class */
  setShown(shown) {
    this.shown = shown;
    this.painter.setShown(shown);
    this.tell("shown");
    this.drawLayers();
    this.drawSoon();
  }

  /** @param {Uint8Array|null} selected (n,) 1 for those before which the others pale; null: all points are alike */
  setSelected(selected) {
    if (selected === this.selected) return;
    this.selected = selected;
    this.painter.setSelected(selected);
    this.drawSoon();
  }

  /** @param {import("./box.js").Limits} limits */
  setLimits(limits) {
    this.limits = limits;
    this.painter.setLimits(limits);
    this.drawSoon();
  }

  /** @param {import("../core/theme.js").ThemeColours} theme */
  setTheme(theme) {
    if (JSON.stringify(theme) === JSON.stringify(this.theme)) return;
    this.theme = theme;
    this.painter.setTheme(theme);
    this.drawLayers();
    this.drawSoon();
  }

  resize() {
    if (!this.measure()) return;
    this.painter.resize(this.width, this.height);
    this.draw();
    this.drawLayers();
  }

  drawLayers() {
    this.backdrop.draw();
    this.layers.draw();
  }

  /** @returns {boolean} whether there is room to draw in */
  measure() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width || !height) return false;
    if (width !== this.width || height !== this.height) this.whole = null;
    this.width = width;
    this.height = height;
    for (const stack of [this.backdrop, this.layers]) stack.resize(width, height);
    return true;
  }

  /** Draws what has changed, now. */
  draw() {
    this.drawSoon.cancel();
    if (this.width) this.painter.draw(this.pose);
  }

  // What is where

  /** @returns {import("./lens.js").Lens|null} of the picture that is seen; null before there is one */
  get lens() {
    return this.painter.lens;
  }

  /** @param {Point} point @returns {import("./lens.js").Place|null} in pixels of the view */
  place(point) {
    return this.lens?.place(point) ?? null;
  }

  /** @param {number} x @param {number} y @returns {number} the point that is shown there, or -1 */
  pick(x, y) {
    const drawn = this.backdrop.sampleAt(x, y);
    if (drawn >= 0) return drawn;
    return this.lens && this.points ? nearest(this.lens, x, y, this.points, this.labels, this.shown) : -1;
  }

  /** @param {number} x @param {number} y @returns {Hit} */
  at(x, y) {
    return { index: this.pick(x, y), layer: this.layers.at(x, y), x, y };
  }

  dispose() {
    this.abort.abort();
    this.unused.abort();
    this.observer.disconnect();
    this.drawSoon.cancel();
    this.gestures?.dispose();
    for (const stack of [this.backdrop, this.layers]) stack.dispose();
    this.painter.dispose();
    this.leave();
  }
}

/** @param {Uint8Array} labels @returns {boolean[]} */
function everyClass(labels) {
  return Array(labels.reduce((most, label) => Math.max(most, label), 0) + 1).fill(true);
}

/**
 * Puts the canvases at the start of an element that can have the focus.
 * @param {HTMLElement} element @param {...HTMLElement} canvases @returns {() => void} leaves it as it was
 */
function placed(element, ...canvases) {
  const missing = ["class", "tabindex"].filter((name) => !element.hasAttribute(name));
  const { position } = element.style;
  if (getComputedStyle(element).position === "static") element.style.position = "relative";
  if (missing.includes("tabindex")) element.tabIndex = 0;
  element.prepend(...canvases);
  return () => {
    for (const canvas of canvases) canvas.remove();
    element.style.position = position;
    if (missing.includes("tabindex")) element.removeAttribute("tabindex");
    if (missing.includes("class") && !element.className) element.removeAttribute("class");
  };
}
