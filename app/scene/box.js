/** The box around a cloud: its proportions, and where the camera stands at first. Shared by the figure and the film. */

import { zoomed } from "./orbit.js";

const SIDE = 1.15; // of the box, where it is a cube
const SHORTEST = 0.7; // of an axis beside the longest: a few samples far out on one axis must not squeeze the others
const HALF_VIEW = Math.tan(Math.PI / 8); // Plotly's camera sees 45 degrees from top to bottom
const FILLED = { across: 0.86, up: 0.94 }; // of the window by the box: the rest is for the numbers at its edges
const RIM = 46; // pixels at least to the left and right of the box, for these numbers and the name of the axis
const STEP = 1.02;
const HOME = { eye: { x: 1.36, y: 1.36, z: 0.72 }, center: { x: 0, y: 0, z: -0.17 }, up: { x: 0, y: 0, z: 1 } };

/**
 * Equal units on all axes, unless one is so long that the others would vanish.
 * @param {number[][]} limits [low, high] of each axis @returns {{x: number, y: number, z: number}}
 */
export function proportions(limits) {
  const spans = limits.map(([low, high]) => high - low);
  const longest = Math.max(...spans);
  const [x, y, z] = spans.map((span) => Math.max(span / longest, SHORTEST));
  const size = SIDE / Math.cbrt(x * y * z);
  return { x: x * size, y: y * size, z: z * size };
}

/** @param {number[][]} limits @param {number} width @param {number} height pixels @returns {import("./orbit.js").Camera} as near as the whole box can be seen */
export function home(limits, width, height) {
  const box = proportions(limits);
  const inner = Math.min(FILLED.across * width, width - 2 * RIM);
  const across = HALF_VIEW * (Math.max(inner, width / 2) || FILLED.across) / (height || 1);
  let camera = zoomed(HOME, 0.5);
  while (!sees(camera, box, across, HALF_VIEW * FILLED.up)) {
    const farther = zoomed(camera, STEP);
    if (farther.eye.z === camera.eye.z) break; // as far as it goes
    camera = farther;
  }
  return camera;
}

/** Whether every corner of the box lies within the view. */
function sees({ eye, center }, box, across, up) {
  const from = [eye.x - center.x, eye.y - center.y, eye.z - center.z];
  const far = Math.hypot(...from);
  const back = from.map((part) => part / far);
  const flat = Math.hypot(back[0], back[1]);
  const right = [-back[1] / flat, back[0] / flat, 0];
  const above = [-back[2] * right[1], back[2] * right[0], flat];
  return [-0.5, 0.5].every((x) => [-0.5, 0.5].every((y) => [-0.5, 0.5].every((z) => {
    const to = [x * box.x - eye.x, y * box.y - eye.y, z * box.z - eye.z];
    const along = (way) => to[0] * way[0] + to[1] * way[1] + to[2] * way[2];
    const depth = -along(back);
    return depth > 0 && Math.abs(along(right)) <= across * depth && Math.abs(along(above)) <= up * depth;
  })));
}
