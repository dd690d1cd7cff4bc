/**
 * The camera's movements as plain arithmetic on Plotly's camera {eye, center, up}: turn like a turntable, draw nearer, slide.
 *
 * Plotly's own turning lets the camera fly on by its last speed until the next frame; where frames are slow it lands anywhere.
 */

const STEEPEST = Math.PI / 2 - 0.02;
const NEAREST = 0.15;
const FARTHEST = 6;

/**
 * @typedef {{x: number, y: number, z: number}} Vector
 * @typedef {{eye: Vector, center: Vector, up: Vector}} Camera
 */

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

/** @param {Camera} camera @param {number} factor below 1 draws nearer @returns {Camera} */
export function zoomed(camera, factor) {
  const from = minus(camera.eye, camera.center);
  const radius = length(from);
  return { ...camera, eye: plus(camera.center, from, limit(radius * factor, NEAREST, FARTHEST) / radius) };
}

/** @param {Camera} camera @param {number} right @param {number} down as a share of the picture's height @returns {Camera} slid sideways */
export function slid(camera, right, down) {
  const from = minus(camera.eye, camera.center);
  const radius = length(from);
  const across = cross(camera.up, from);
  const side = plus({ x: 0, y: 0, z: 0 }, across, 1 / (length(across) || 1));
  const above = plus({ x: 0, y: 0, z: 0 }, cross(from, side), 1 / radius);
  const step = plus(plus({ x: 0, y: 0, z: 0 }, side, -right * radius), above, down * radius);
  return { ...camera, eye: plus(camera.eye, step), center: plus(camera.center, step) };
}

function cross(a, b) {
  return { x: a.y * b.z - a.z * b.y, y: a.z * b.x - a.x * b.z, z: a.x * b.y - a.y * b.x };
}
