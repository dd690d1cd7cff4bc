/** The box around a cloud: its proportions, and from where the whole of it is seen; as in model/film/camera.py. */

import { CLOSEST, FILLED, HALF_VIEW, HOME, RIM, SHORTEST, SIDE, STEP_BACK } from "../shared/view.js";
import { zoomed } from "./orbit.js";

const FIRST = /** @type {import("./orbit.js").Pose} */ (
  Object.fromEntries(Object.entries(HOME).map(([part, [x, y, z]]) => [part, { x, y, z }])));

/** @typedef {number[][]} Limits [low, high] of each axis */

/**
 * Equal units on all axes, unless one is so long that the others would vanish.
 * @param {Limits} limits @returns {import("./orbit.js").Vector}
 */
export function proportions(limits) {
  const spans = limits.map(([low, high]) => high - low);
  const longest = Math.max(...spans);
  const [x, y, z] = spans.map((span) => Math.max(span / longest, SHORTEST));
  const size = SIDE / Math.cbrt(x * y * z);
  return { x: x * size, y: y * size, z: z * size };
}

/**
 * @param {Limits} limits @param {ArrayLike<number>} point
 * @returns {import("./orbit.js").Vector} in units of the box, from its middle
 */
export function inBox(limits, point) {
  const box = proportions(limits);
  const [x, y, z] = limits.map(([low, high], axis) => (point[axis] - 0.5 * (low + high)) / (high - low));
  return { x: x * box.x, y: y * box.y, z: z * box.z };
}

/**
 * @param {Limits} limits @param {number} width @param {number} height pixels
 * @returns {import("./orbit.js").Pose} as near as the whole box can be seen
 */
export function home(limits, width, height) {
  const box = proportions(limits);
  const inner = Math.min(FILLED.across * width, width - 2 * RIM);
  const across = HALF_VIEW * (Math.max(inner, width / 2) || FILLED.across) / (height || 1);
  let pose = zoomed(FIRST, CLOSEST);
  while (!sees(pose, box, across, HALF_VIEW * FILLED.up)) {
    const farther = zoomed(pose, STEP_BACK);
    if (farther.eye.z === pose.eye.z) break; // as far as it goes
    pose = farther;
  }
  return pose;
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
