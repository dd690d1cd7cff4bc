/**
 * The camera's movements as plain arithmetic on {eye, center, up}: turn like a turntable, draw nearer, slide.
 *
 * Plotly's own turning lets the camera fly on by its last speed until the next frame; where frames are slow it lands
 * anywhere.
 */

import { FARTHEST, HALF_VIEW, NEAREST } from "../shared/view.js";

const STEEPEST = Math.PI / 2 - 0.02;

/**
 * @typedef {{x: number, y: number, z: number}} Vector
 * @typedef {{eye: Vector, center: Vector, up: Vector}} Pose of a camera, in units of the box, as Plotly has it
 * @typedef {(pose: Pose) => Pose} Change
 */

const ORIGIN = { x: 0, y: 0, z: 0 };
const plus = (a, b, times = 1) => ({ x: a.x + times * b.x, y: a.y + times * b.y, z: a.z + times * b.z });
const minus = (a, b) => plus(a, b, -1);
const length = (a) => Math.hypot(a.x, a.y, a.z);
const limit = (value, low, high) => Math.min(high, Math.max(low, value));

/** @param {Pose} pose @param {number} right @param {number} down radians @returns {Pose} turned, upright */
export function turned(pose, right, down) {
  const from = minus(pose.eye, pose.center);
  const radius = length(from);
  const around = Math.atan2(from.y, from.x) - right;
  const height = limit(Math.asin(limit(from.z / radius, -1, 1)) + down, -STEEPEST, STEEPEST);
  const flat = radius * Math.cos(height);
  const way = { x: flat * Math.cos(around), y: flat * Math.sin(around), z: radius * Math.sin(height) };
  return { ...pose, eye: plus(pose.center, way) };
}

/**
 * @param {Pose} pose @param {number} factor below 1 draws nearer
 * @param {[number, number]} [at] what stays where it is on the screen: right and down of the picture's middle, as
 *   shares of its height
 * @returns {Pose}
 */
export function zoomed(pose, factor, [right, down] = [0, 0]) {
  const from = minus(pose.eye, pose.center);
  const radius = length(from);
  const nearer = limit(radius * factor, NEAREST, FARTHEST) / radius;
  const center = plus(pose.center, along(pose, right, down), 1 - nearer);
  return { ...pose, eye: plus(center, from, nearer), center };
}

/**
 * Slides sideways: what is as far away as the camera's centre goes with the hand.
 * @param {Pose} pose @param {number} right @param {number} down as a share of the picture's height @returns {Pose}
 */
export function slid(pose, right, down) {
  const step = along(pose, right, down);
  return { ...pose, eye: minus(pose.eye, step), center: minus(pose.center, step) };
}

/** @param {Pose} pose @param {Vector} center @returns {Pose} slid until it looks at that place */
export function centred(pose, center) {
  return { ...pose, eye: plus(pose.eye, minus(center, pose.center)), center };
}

/** @param {Pose|null} one @param {Pose|null} other */
export function samePose(one, other) {
  const parts = ["eye", "center", "up"];
  return one === other || Boolean(one && other && parts.every((part) => length(minus(one[part], other[part])) === 0));
}

/** The way in space, at the depth of the camera's centre, that is so long on the screen. */
function along(pose, right, down) {
  const from = minus(pose.eye, pose.center);
  const radius = length(from);
  const height = 2 * HALF_VIEW * radius;
  const across = cross(pose.up, from);
  const side = plus(ORIGIN, across, 1 / (length(across) || 1));
  const above = plus(ORIGIN, cross(from, side), 1 / radius);
  return plus(plus(ORIGIN, side, right * height), above, -down * height);
}

function cross(a, b) {
  return { x: a.y * b.z - a.z * b.y, y: a.z * b.x - a.x * b.z, z: a.x * b.y - a.y * b.x };
}
