/** The cloud as a Plotly figure: traces and layout, no drawing. */

import { NUMBER, TICKS, TITLE } from "../shared/view.js";
import { proportions } from "./box.js";

const AXES = ["xaxis", "yaxis", "zaxis"];
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** @typedef {import("./painters.js").Scene} Scene */

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
 * What a renderer can afford: each point of resolution has its price.
 * @param {string} name @returns {number} pixels of the canvas per CSS pixel
 */
export function sharpness(name) {
  return SOFTWARE.test(name) ? 1 : Math.min(Math.max(window.devicePixelRatio || 1, 1), 2);
}

/**
 * One trace per class, so that a class can be switched off; the last holds the box's corners and keeps the scale when
 * all are off. The markers are drawn by plotly_dots.js: a square is what Plotly is quickest with.
 * @param {Scene} scene
 */
export function traces(scene) {
  const { limits: [x, y, z], palette, shown } = scene;
  const look = { symbol: "square", opacity: 1, line: { width: 0 } };
  const clouds = columns(scene).map(([across, along, up], label) => ({
    type: "scatter3d", mode: "markers", x: across, y: along, z: up, visible: shown[label], hoverinfo: "none",
    marker: { ...look, color: palette[label % palette.length] },
  }));
  return [...clouds, { type: "scatter3d", mode: "text", text: ["", ""], x, y, z, hoverinfo: "skip" }];
}

/** @param {Scene} scene @returns {number[][][]} x, y and z of the points of each class */
export function columns({ points, labels, shown }) {
  const out = shown.map(() => [[], [], []]);
  labels.forEach((label, i) => out[label].forEach((column, axis) => column.push(points[3 * i + axis])));
  return out;
}

/** @param {Uint8Array} values (n,) @param {Scene} scene @returns {Uint8Array[]} those of the points of each class */
export function byClass(values, { labels, shown }) {
  const out = shown.map(() => /** @type {number[]} */ ([]));
  labels.forEach((label, i) => out[label].push(values[i]));
  return out.map((column) => Uint8Array.from(column));
}

/** @param {Scene} scene @param {import("./orbit.js").Pose} pose */
export function layout({ limits, axes, theme }, pose) {
  const look = axisColours(theme);
  const axis = (index) => ({
    ...look, title: { ...look.title, text: axes[index] }, range: limits[index], nticks: TICKS, zeroline: false,
    showspikes: false,
  });
  return {
    autosize: true, showlegend: false, uirevision: "kept", hovermode: false, dragmode: false,
    margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: "rgba(0,0,0,0)", font: { family: theme.font },
    scene: {
      xaxis: axis(0), yaxis: axis(1), zaxis: axis(2), camera: pose, aspectmode: "manual",
      aspectratio: proportions(limits),
    },
  };
}

/** @param {import("../core/theme.js").ThemeColours} theme @returns {Object<string, *>} a change of the layout */
export function themeChange(theme) {
  const look = Object.entries(flat(axisColours(theme)));
  return inScene(AXES.flatMap((name) => look.map(([key, value]) => [`${name}.${key}`, value])));
}

/** @param {import("./box.js").Limits} limits @returns {Object<string, *>} a change of the layout */
export function limitsChange(limits) {
  const ranges = AXES.map((name, axis) => [`${name}.range`, limits[axis]]);
  return inScene([...ranges, ["aspectratio", proportions(limits)]]);
}

/** @param {*[][]} changes [name, value] of each */
function inScene(changes) {
  return Object.fromEntries(changes.map(([key, value]) => [`scene.${key}`, value]));
}

function axisColours(theme) {
  return {
    color: theme.text, gridcolor: theme.line, linecolor: theme.line, showbackground: false,
    title: { font: { size: TITLE.size, color: theme.text } }, tickfont: { size: NUMBER.size, color: theme.muted },
  };
}

/** @param {Object<string, *>} nested @param {string} [path] @returns {Object<string, *>} with dotted keys */
function flat(nested, path = "") {
  return Object.entries(nested).reduce((all, [key, value]) => (
    value && typeof value === "object" ? { ...all, ...flat(value, `${path}${key}.`) } : { ...all, [path + key]: value }
  ), {});
}
