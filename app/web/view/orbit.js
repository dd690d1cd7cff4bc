/**
 * The camera's movements as plain arithmetic on Plotly's camera {eye, center, up}: turn like a turntable, draw nearer, slide.
 *
 * Plotly's own turning lets the camera fly on by its last speed until the next frame; where frames are slow it lands anywhere.
 */

import { FARTHEST, HALF_VIEW, NEAREST } from "../shared/drawing.js";

const STEEPEST = Math.PI / 2 - 0.02;

/**
 * @typedef {{x: number, y: number, z: number}} Vector
 * @typedef {{eye: Vector, center: Vector, up: Vector}} Camera
 */

const ORIGIN = { x: 0, y: 0, z: 0 };
const plus = (a, b, times = 1) => ({ x: a.x + times * b.x, y: a.y + times * b.y, z: a.z + times * b.z });
const minus = (a, b) => plus(a, b, -1);
const length = (a) => Math.hypot(a.x, a.y, a.z);
const limit = (value, low, high) => Math.min(high, Math.max(low, value));

/** @param {Camera} camera @param {number} right @param {number} down radians @returns {Camera} turned about its centre, upright */
export function turned(camera, right, down) {
  const from = minus(camera.eye, camera.center);
  const radius = length(from);
  const around = Math.atan2(from.y, from.x) - right;
  const height = limit(Math.asin(limit(from.z / radius, -1, 1)) + down, -STEEPEST, STEEPEST);
  const flat = radius * Math.cos(height);
  const way = { x: flat * Math.cos(around), y: flat * Math.sin(around), z: radius * Math.sin(height) };
  return { ...camera, eye: plus(camera.center, way) };
}

/**
 * @param {Camera} camera @param {number} factor below 1 draws nearer
 * @param {[number, number]} [at] what stays where it is on the screen: right and down of the picture's middle, as shares of its height
 * @returns {Camera}
 */
export function zoomed(camera, factor, [right, down] = [0, 0]) {
  const from = minus(camera.eye, camera.center);
  const radius = length(from);
  const nearer = limit(radius * factor, NEAREST, FARTHEST) / radius;
  const centre = plus(camera.center, along(camera, right, down), 1 - nearer);
  return { ...camera, eye: plus(centre, from, nearer), center: centre };
}

/**
 * Slides sideways: what is as far away as the camera's centre goes with the hand.
 * @param {Camera} camera @param {number} right @param {number} down as a share of the picture's height @returns {Camera}
 */
export function slid(camera, right, down) {
  const step = along(camera, right, down);
  return { ...camera, eye: minus(camera.eye, step), center: minus(camera.center, step) };
}

/** @param {Camera} camera @param {Vector} centre @returns {Camera} slid until it looks at that place */
export function centred(camera, centre) {
  return { ...camera, eye: plus(camera.eye, minus(centre, camera.center)), center: centre };
}

/** The way in space, at the depth of the camera's centre, that is so long on the screen. */
function along(camera, right, down) {
  const from = minus(camera.eye, camera.center);
  const radius = length(from);
  const height = 2 * HALF_VIEW * radius;
  const across = cross(camera.up, from);
  const side = plus(ORIGIN, across, 1 / (length(across) || 1));
  const above = plus(ORIGIN, cross(from, side), 1 / radius);
  return plus(plus(ORIGIN, side, right * height), above, -down * height);
}

function cross(a, b) {
  return { x: a.y * b.z - a.z * b.y, y: a.z * b.x - a.x * b.z, z: a.x * b.y - a.y * b.x };
}
