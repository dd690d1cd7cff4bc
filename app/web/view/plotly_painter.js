/**
 * Paints the cloud as a Plotly scatter: drawn once, touched again only for colours, filter, camera or size. Box, axes,
 * camera and canvas are Plotly's, the points are drawn by plotly_dots.js.
 */

import { h } from "../core/dom.js";
import { proportions } from "./box.js";
import { Lens } from "./lens.js";
import { samePose } from "./orbit.js";
import { byClass, columns, themeChange, layout, limitsChange, sharpness, traces } from "./plotly_figure.js";
import { Dots } from "./plotly_dots.js";
import { contextOf, followFrames, frameOf, matrixOf, redraw, replaceMarkers } from "./plotly_internals.js";

const STYLE = { position: "absolute", inset: "0", overflow: "hidden", touchAction: "none" };
const UNHEARD = [
  "mousedown", "mousemove", "mouseup", "mouseover", "mouseout", "touchstart", "touchmove", "touchend", "wheel",
];

/** @typedef {import("./painters.js").PainterMembers} PainterMembers */

/** @implements {PainterMembers} */
export class PlotlyPainter extends EventTarget {
  room = 1;
  discs = 1.9;

  /** @param {PlotlyLibrary|Promise<PlotlyLibrary>} library @param {string} rendererName from `renderer()` */
  constructor(library, rendererName) {
    super();
    this.library = library;
    this.rendererName = rendererName;
    this.surface = /** @type {import("./plotly_internals.js").Plot} */ (h("div", { class: "mx-plot", style: STYLE }));
    this.abort = new AbortController();
    this.projection = new Lens();
    for (const name of UNHEARD) {
      const options = { capture: true, passive: true, signal: this.abort.signal };
      this.surface.addEventListener(name, (event) => event.stopPropagation(), options);
    }
  }

  get gone() {
    return this.abort.signal.aborted;
  }

  /** @param {import("./painters.js").Scene} scene @param {() => import("./orbit.js").Pose} pose */
  async start(scene, pose) {
    const Plotly = await this.library;
    if (this.gone) return;
    const { clientWidth: width, clientHeight: height } = this.surface;
    this.Plotly = Plotly;
    this.scene = scene;
    this.setSelected(scene.selected ?? null);
    this.pose = pose();
    this.width = width;
    this.height = height;
    const config = {
      displayModeBar: false, responsive: false, scrollZoom: false, doubleClick: false,
      plotGlPixelRatio: sharpness(this.rendererName),
    };
    await Plotly.newPlot(this.surface, traces(scene), layout(scene, this.pose), config);
    if (this.gone) return this.purge();
    this.surface.on("plotly_afterplot", () => this.follow());
    this.surface.on("plotly_webglcontextlost", () => this.dispatchEvent(new Event("lost")));
    this.follow();
  }

  /** Ties what lies above to Plotly's frames. */
  follow() {
    const before = JSON.stringify(this.frame);
    followFrames(this.surface, () => this.dispatchEvent(new Event("frame")));
    replaceMarkers(this.surface, (gl) => this.dots(gl));
    this.frame = frameOf(this.surface);
    if (before !== JSON.stringify(this.frame)) this.dispatchEvent(new Event("frame"));
  }

  /** @param {WebGLRenderingContext} gl */
  dots(gl) {
    const dots = new Dots(gl);
    return {
      draw: (markers, camera) => dots.draw(markers, camera, this.look, this.selected?.[markers.label] ?? null),
      forget: (object) => dots.forget(object),
    };
  }

  /** @returns {import("./plotly_dots.js").Look} */
  get look() {
    const { width, height, pose: { eye, center }, scene: { limits, labels } } = this;
    const { x, y, z } = proportions(limits);
    const distance = Math.hypot(eye.x - center.x, eye.y - center.y, eye.z - center.z);
    return { width, height, distance, reach: 0.5 * Math.hypot(x, y, z), count: labels.length };
  }

  get lens() {
    const matrix = this.frame && matrixOf(this.surface);
    return matrix ? this.projection.take(matrix, this.frame) : null;
  }

  setPoints() {
    if (!this.Plotly) return;
    const all = columns(this.scene);
    const [x, y, z] = [0, 1, 2].map((axis) => all.map((column) => column[axis]));
    this.Plotly.restyle(this.surface, { x, y, z }, all.map((_, label) => label));
  }

  setShown(shown) {
    this.Plotly?.restyle(this.surface, { visible: shown }, shown.map((_, label) => label));
  }

  setSelected(selected) {
    if (!this.scene) return;
    this.selected = selected && byClass(selected, this.scene);
    redraw(this.surface);
  }

  setLimits(limits) {
    if (!this.Plotly) return;
    const [x, y, z] = limits;
    this.Plotly.restyle(this.surface, { x: [x], y: [y], z: [z] }, [this.scene.shown.length]);
    this.Plotly.relayout(this.surface, limitsChange(limits));
  }

  setTheme(theme) {
    this.Plotly?.relayout(this.surface, themeChange(theme));
  }

  draw(pose) {
    if (!this.Plotly || samePose(pose, this.pose)) return;
    this.pose = pose;
    this.Plotly.relayout(this.surface, { "scene.camera": pose });
  }

  resize(width, height) {
    if (!this.frame || (width === this.width && height === this.height)) return;
    this.width = width;
    this.height = height;
    this.Plotly.Plots.resize(this.surface);
  }

  dispose() {
    this.abort.abort();
    if (this.frame) this.purge();
    this.surface.remove();
  }

  purge() {
    const giveBack = contextOf(this.surface);
    this.surface.removeAllListeners?.();
    this.Plotly.purge(this.surface);
    giveBack();
  }
}
