/**
 * Draws Plotly's markers as WebGL's own points, in Plotly's frame and on its canvas. Plotly makes a mesh of each, of 18
 * vertices for a square: without a graphics card, a frame spends nearly all its time on these. A point is one vertex;
 * it is round, and smaller and paler the farther away it is, as the other painter's (raster.js).
 */

import { channels } from "../core/theme.js";
import { EDGE, PALEST } from "../shared/view.js";
import { discRadius, PALE } from "./raster.js";

const SIZES = [2, 16]; // pixels, least and most

// Colours are multiplied with their opacity: what is paler lets the page's ground through, in every theme. Selected
// points lie before all others, as nothing is blended.
const VERTEX = `
precision highp float;
attribute vec3 position;
attribute float selected;
uniform mat4 model, view, projection;
uniform float size, near, fading, least, most, ahead;
varying float full, radius;
void main() {
  vec4 seen = view * (model * vec4(position, 1.0));
  float depth = max(-seen.z, 1e-3);
  gl_Position = projection * seen;
  gl_Position.z -= 0.5 * ahead * selected * (gl_Position.z + gl_Position.w);
  radius = 0.5 * clamp(size / depth, least, most);
  gl_PointSize = 2.0 * radius;
  full = (1.0 - ${PALEST} * clamp((depth - near) * fading, 0.0, 1.0)) * mix(${1 - PALE}, 1.0, selected);
}`;
const FRAGMENT = `
precision mediump float;
uniform vec3 color;
uniform float rim;
varying float full, radius;
void main() {
  float inside = radius * (1.0 - 2.0 * distance(gl_PointCoord, vec2(0.5)));
  if (inside < 0.0) discard;
  float share = full * (inside < rim ? ${1 - EDGE} : 1.0);
  gl_FragColor = vec4(color * share, share);
}`;
const UNIFORMS = ["model", "view", "projection", "size", "near", "fading", "least", "most", "ahead", "color", "rim"];

/**
 * @typedef {{width: number, height: number, distance: number, reach: number, count: number}} Look size of the view in
 *   pixels; how far the eye is from what it looks at; from the box's middle to a corner; points in all
 */

/**
 * What lies on the card, and of what it was made.
 * @typedef {{points: number[][], places: WebGLBuffer, selected: Uint8Array|null, marks: WebGLBuffer}} Kept
 */

/** The points of one WebGL context. */
export class Dots {
  /** @param {WebGLRenderingContext} gl */
  constructor(gl) {
    this.gl = gl;
    this.program = linked(gl);
    this.at = Object.fromEntries(UNIFORMS.map((name) => [name, gl.getUniformLocation(this.program, name)]));
    /** @type {WeakMap<object, Kept>} by Plotly's object */
    this.kept = new WeakMap();
  }

  /**
   * @param {import("./plotly_internals.js").Markers} markers
   * @param {{model: ArrayLike<number>, view: ArrayLike<number>, projection: ArrayLike<number>}} camera column-major
   * @param {Look} look
   * @param {Uint8Array|null} selected 1 for the points before which the others pale; null: all are alike
   */
  draw(markers, camera, { width, height, distance, reach, count }, selected) {
    const { gl, at } = this;
    const unit = markers.pixelRatio;
    gl.useProgram(this.program);
    for (const name of ["model", "view", "projection"]) gl.uniformMatrix4fv(at[name], false, camera[name]);
    const radius = discRadius(width, height, distance, count);
    gl.uniform1f(at.size, 2 * radius * unit * distance);
    gl.uniform1f(at.near, distance - reach);
    gl.uniform1f(at.fading, 0.5 / reach);
    gl.uniform1f(at.least, SIZES[0] * unit);
    gl.uniform1f(at.most, SIZES[1] * unit);
    gl.uniform1f(at.ahead, selected ? 1 : 0);
    gl.uniform1f(at.rim, 0.5 * unit);
    gl.uniform3fv(at.color, channels(markers.colour).map((value) => value / 255));
    this.bind(markers, selected);
    gl.drawArrays(gl.POINTS, 0, markers.points.length);
  }

  /**
   * Attribute 0, and 1 where some are selected; Plotly counts how many are switched on.
   * @param {import("./plotly_internals.js").Markers} markers @param {Uint8Array|null} selected
   */
  bind({ object, points }, selected) {
    const { gl } = this;
    const counted = /** @type {{lastAttribCount: number}} */ (/** @type {unknown} */ (gl));
    const count = selected ? 2 : 1;
    for (let other = count; other < counted.lastAttribCount; other += 1) gl.disableVertexAttribArray(other);
    counted.lastAttribCount = count;
    const kept = this.keptOf(object);
    gl.enableVertexAttribArray(0);
    gl.bindBuffer(gl.ARRAY_BUFFER, kept.places);
    if (kept.points !== points) gl.bufferData(gl.ARRAY_BUFFER, Float32Array.from(points.flat()), gl.STATIC_DRAW);
    kept.points = points;
    gl.vertexAttribPointer(0, 3, gl.FLOAT, false, 0, 0);
    if (!selected) return gl.vertexAttrib1f(1, 1);
    gl.enableVertexAttribArray(1);
    gl.bindBuffer(gl.ARRAY_BUFFER, kept.marks);
    if (kept.selected !== selected) gl.bufferData(gl.ARRAY_BUFFER, selected, gl.STATIC_DRAW);
    kept.selected = selected;
    gl.vertexAttribPointer(1, 1, gl.UNSIGNED_BYTE, false, 0, 0);
  }

  /** @param {object} object @returns {Kept} */
  keptOf(object) {
    const { gl, kept } = this;
    if (!kept.has(object)) {
      kept.set(object, { points: null, places: gl.createBuffer(), selected: null, marks: gl.createBuffer() });
    }
    return kept.get(object);
  }

  /** What Plotly has dropped takes no room on the card. @param {object} object */
  forget(object) {
    const known = this.kept.get(object);
    this.gl.deleteBuffer(known?.places ?? null);
    this.gl.deleteBuffer(known?.marks ?? null);
    this.kept.delete(object);
  }
}

/** @param {WebGLRenderingContext} gl */
function linked(gl) {
  const program = gl.createProgram();
  /** @type {[number, string][]} */
  const parts = [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]];
  for (const [kind, source] of parts) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.bindAttribLocation(program, 0, "position");
  gl.bindAttribLocation(program, 1, "selected");
  gl.linkProgram(program);
  return program;
}
