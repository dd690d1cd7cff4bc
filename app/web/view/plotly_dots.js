/**
 * Draws Plotly's markers as WebGL's own points, in Plotly's frame and on its canvas. Plotly makes a mesh of each, of 18
 * vertices for a square: without a graphics card, a frame spends nearly all its time on these. A point is one vertex;
 * it is round, and smaller and paler the farther away it is, as the other painter's (raster.js).
 */

import { channels } from "../core/theme.js";
import { EDGE, PALEST } from "../shared/view.js";
import { discRadius } from "./raster.js";

const SIZES = [2, 16]; // pixels, least and most

// Colours are multiplied with their opacity: what is paler lets the page's ground through, in every theme.
const VERTEX = `
precision highp float;
attribute vec3 position;
uniform mat4 model, view, projection;
uniform float size, near, fading, least, most;
varying float full, radius;
void main() {
  vec4 seen = view * (model * vec4(position, 1.0));
  float depth = max(-seen.z, 1e-3);
  gl_Position = projection * seen;
  radius = 0.5 * clamp(size / depth, least, most);
  gl_PointSize = 2.0 * radius;
  full = 1.0 - ${PALEST} * clamp((depth - near) * fading, 0.0, 1.0);
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
const UNIFORMS = ["model", "view", "projection", "size", "near", "fading", "least", "most", "color", "rim"];

/**
 * @typedef {{width: number, height: number, distance: number, reach: number, count: number}} Look size of the view in
 *   pixels; how far the eye is from what it looks at; from the box's middle to a corner; points in all
 */

/** The points of one WebGL context. */
export class Dots {
  /** @param {WebGLRenderingContext} gl */
  constructor(gl) {
    this.gl = gl;
    this.program = linked(gl);
    this.at = Object.fromEntries(UNIFORMS.map((name) => [name, gl.getUniformLocation(this.program, name)]));
    /** @type {WeakMap<object, {points: number[][], buffer: WebGLBuffer}>} what lies on the card, by Plotly's object */
    this.kept = new WeakMap();
  }

  /**
   * @param {import("./plotly_internals.js").Markers} markers
   * @param {{model: ArrayLike<number>, view: ArrayLike<number>, projection: ArrayLike<number>}} camera column-major
   * @param {Look} look
   */
  draw(markers, camera, { width, height, distance, reach, count }) {
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
    gl.uniform1f(at.rim, 0.5 * unit);
    gl.uniform3fv(at.color, channels(markers.colour).map((value) => value / 255));
    this.bind(markers);
    gl.drawArrays(gl.POINTS, 0, markers.points.length);
  }

  /**
   * Attribute 0 alone; Plotly counts how many are switched on.
   * @param {import("./plotly_internals.js").Markers} markers
   */
  bind({ object, points }) {
    const { gl } = this;
    const counted = /** @type {{lastAttribCount: number}} */ (/** @type {unknown} */ (gl));
    for (let other = 1; other < counted.lastAttribCount; other += 1) gl.disableVertexAttribArray(other);
    counted.lastAttribCount = 1;
    gl.enableVertexAttribArray(0);
    const known = this.kept.get(object);
    const buffer = known?.buffer ?? gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    if (known?.points !== points) gl.bufferData(gl.ARRAY_BUFFER, Float32Array.from(points.flat()), gl.STATIC_DRAW);
    this.kept.set(object, { points, buffer });
    gl.vertexAttribPointer(0, 3, gl.FLOAT, false, 0, 0);
  }

  /** What Plotly has dropped takes no room on the card. @param {object} object */
  forget(object) {
    this.gl.deleteBuffer(this.kept.get(object)?.buffer ?? null);
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
  gl.linkProgram(program);
  return program;
}
