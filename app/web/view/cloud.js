/** The Plotly figure: drawn once, touched again only when colours, filter, camera or size change. */

import { home, proportions, standsAt } from "./box.js";
import { classColour } from "../core/figures.js";
import { centred } from "./orbit.js";

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** @returns {string|null} the name of the WebGL renderer, or null where there is none */
export function renderer() {
  const gl = document.createElement("canvas").getContext("webgl");
  if (!gl) return null;
  const about = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(about ? about.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return name;
}

/**
 * What the renderer can afford. A round marker has three times the triangles of a square one, and each point of resolution its price:
 * on a software renderer a frame takes half the time with square markers, which look the same at this size.
 * @param {string} name
 */
function means(name) {
  const software = SOFTWARE.test(name);
  return { symbol: software ? "square" : "circle", size: software ? 2.5 : 3, ratio: software ? 1 : Math.min(Math.max(window.devicePixelRatio || 1, 1), 2) };
}

/**
 * @typedef {{points: Float32Array, labels: Uint8Array, classes: string[], limits: number[][], axes: string[], palette: string[]}} Samples
 * @typedef {{text: string, muted: string, line: string, surface: string, accent: string, font: string, dark: boolean}} Ink
 */

export class Cloud extends EventTarget {
  /** @param {HTMLElement} plot @param {*} Plotly @param {Samples} samples */
  constructor(plot, Plotly, samples) {
    super();
    this.plot = plot;
    this.Plotly = Plotly;
    this.samples = samples;
    this.observer = new ResizeObserver(() => this.resize());
  }

  /**
   * @param {Ink} ink
   * @param {Object<string, *>|null} camera
   * @param {string} rendererName from `renderer()`
   * @returns {Promise<void>}
   */
  async draw(ink, camera, rendererName) {
    const { symbol, size, ratio } = means(rendererName);
    const config = { displayModeBar: false, responsive: false, scrollZoom: false, doubleClick: false, plotGlPixelRatio: ratio };
    await this.Plotly.newPlot(this.plot, this.traces({ symbol, size }), this.layout(ink, camera), config);
    this.plot.on("plotly_relayout", () => this.dispatchEvent(new Event("camera")));
    this.plot.on("plotly_afterplot", () => this.dispatchEvent(new Event("drawn")));
    this.plot.on("plotly_webglcontextlost", () => this.dispatchEvent(new Event("lost")));
    this.observer.observe(this.plot);
  }

  /** One trace per class, so that a class can be switched off; the last holds the box's corners and keeps the scale when all are off. */
  traces(look) {
    const { points, labels, classes, limits, shown } = this.samples;
    const columns = classes.map(() => [[], [], []]);
    labels.forEach((label, i) => [0, 1, 2].forEach((axis) => columns[label][axis].push(points[3 * i + axis])));
    const marker = { ...look, opacity: 1, line: { width: 0 } };
    const clouds = columns.map(([x, y, z], label) => (
      { type: "scatter3d", mode: "markers", name: classes[label], x, y, z, visible: shown[label], hoverinfo: "none", marker: { ...marker, color: classColour(label, this.samples) } }));
    const [x, y, z] = limits;
    return [...clouds, { type: "scatter3d", mode: "text", text: ["", ""], x, y, z, hoverinfo: "skip" }];
  }

  /** @param {Ink} ink @param {Object<string, *>|null} camera */
  layout(ink, camera) {
    const { limits, axes } = this.samples;
    const look = axisInk(ink);
    const axis = (index) => ({
      ...look, title: { ...look.title, text: axes[index] }, range: limits[index], nticks: 5, zeroline: false, showspikes: false,
    });
    return {
      autosize: true, showlegend: false, uirevision: "kept", hovermode: false, dragmode: false, margin: { l: 0, r: 0, t: 0, b: 0 },
      paper_bgcolor: "rgba(0,0,0,0)", font: { family: ink.font },
      scene: { xaxis: axis(0), yaxis: axis(1), zaxis: axis(2), camera: camera ?? this.home(), aspectmode: "manual", aspectratio: proportions(limits) },
    };
  }

  /** @param {Ink} ink */
  recolour(ink) {
    const change = {};
    for (const name of ["xaxis", "yaxis", "zaxis"]) {
      for (const [key, value] of Object.entries(flat(axisInk(ink)))) change[`scene.${name}.${key}`] = value;
    }
    return this.Plotly.relayout(this.plot, change);
  }

  /** @param {boolean[]} shown by class */
  filter(shown) {
    return this.Plotly.restyle(this.plot, { visible: shown }, shown.map((_, label) => label));
  }

  get camera() {
    const { eye, center, up } = this.plot.layout?.scene?.camera ?? this.home();
    return { eye, center, up };
  }

  /**
   * Moves the camera in the next frame; changes that come before it add up.
   * @param {(camera: import("./orbit.js").Camera) => import("./orbit.js").Camera} change
   */
  turn(change) {
    if (!this.wanted) this.frame = requestAnimationFrame(() => this.apply());
    this.wanted = change(this.wanted ?? this.camera);
  }

  apply() {
    const camera = this.wanted;
    this.wanted = null;
    this.Plotly.relayout(this.plot, { "scene.camera": camera });
  }

  reset() {
    this.turn(() => this.home());
  }

  /** @param {ArrayLike<number>} point that comes into the middle of the picture: from then on the camera turns about it */
  centre(point) {
    this.turn((camera) => centred(camera, standsAt(this.samples.limits, point)));
  }

  home() {
    return home(this.samples.limits, this.plot.clientWidth, this.plot.clientHeight);
  }

  resize() {
    if (!this.plot.isConnected || !this.plot.clientWidth) return;
    this.Plotly.Plots.resize(this.plot);
  }

  dispose() {
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    this.plot.removeAllListeners?.();
    this.Plotly.purge(this.plot);
  }
}

/** @param {Ink} ink */
function axisInk(ink) {
  return {
    color: ink.text, gridcolor: ink.line, linecolor: ink.line, showbackground: false,
    title: { font: { size: 18, color: ink.text } }, tickfont: { size: 13, color: ink.muted },
  };
}

/** @param {Object<string, *>} nested @param {string} [path] @returns {Object<string, *>} with dotted keys */
function flat(nested, path = "") {
  return Object.entries(nested).reduce((all, [key, value]) => (
    value && typeof value === "object" ? { ...all, ...flat(value, `${path}${key}.`) } : { ...all, [path + key]: value }), {});
}
