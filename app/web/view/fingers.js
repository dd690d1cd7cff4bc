/** Two fingers and the wheel as changes of the camera, in the scene and in the film: what they are on stays below them. */

import { slid, zoomed } from "./orbit.js";

const WHEEL = 0.0015;
const LINE = 30;

/**
 * @typedef {[number, number]} Place pixels
 * @typedef {{left: number, top: number, width: number, height: number}} Frame of the picture, in the same pixels
 * @typedef {(camera: import("./orbit.js").Camera) => import("./orbit.js").Camera} Change
 */

/** @param {Place[]} before @param {Place[]} now the first two fingers @param {Frame} frame @returns {Change} zooms by their distance and slides by their middle */
export function pinched(before, now, frame) {
  if (now.length < 2) return (camera) => camera;
  const [from, to] = [before, now].map(([a, b]) => ({ middle: [0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])], apart: Math.hypot(a[0] - b[0], a[1] - b[1]) || 1 }));
  const [right, down] = [0, 1].map((axis) => (to.middle[axis] - from.middle[axis]) / frame.height);
  return (camera) => zoomed(slid(camera, right, down), from.apart / to.apart, share(to.middle, frame));
}

/** @param {WheelEvent} event @param {Place} place of the mouse @param {Frame} frame @returns {Change} */
export function wheeled(event, place, frame) {
  const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * LINE;
  return (camera) => zoomed(camera, Math.exp(WHEEL * pixels), share(place, frame));
}

/** Right and down of the picture's middle, as shares of its height. @returns {[number, number]} */
function share([x, y], { left, top, width, height }) {
  return [(x - left - 0.5 * width) / height, (y - top - 0.5 * height) / height];
}
