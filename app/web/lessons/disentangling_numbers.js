/** How far the changes that two latent axes make in the picture overlap. */

import { mean } from "../learn/numbers.js";

const STEP = 1 / 12; // of an axis' range, to each side

/**
 * The places from which the change along each axis is taken: one below, one above for each.
 * @param {ArrayLike<number>} latent (d,) @param {import("../axes/traversal.js").Range[]} ranges of a axes
 * @returns {Float32Array} (2a, d)
 */
export function aside(latent, ranges) {
  const places = new Float32Array(2 * ranges.length * latent.length);
  ranges.forEach(({ axis, low, high }, at) => [-1, 1].forEach((sign, side) => {
    const start = (2 * at + side) * latent.length;
    places.set(latent, start);
    places[start + axis] += sign * STEP * (high - low);
  }));
  return places;
}

/**
 * The mean over all pairs of axes of |cos| of the angle between their changes: 0 where no two axes change the picture
 * in a common way, 1 where all of them change it alike.
 * @param {Uint8Array} pixels (2a, size), decoded at `aside`'s places @param {number} count a, of the axes
 */
export function overlap(pixels, count) {
  const size = pixels.length / (2 * count);
  const changes = Array.from({ length: count }, (_, at) => Float64Array.from({ length: size },
    (__, pixel) => pixels[(2 * at + 1) * size + pixel] - pixels[2 * at * size + pixel]));
  const cosines = changes.flatMap((one, at) => changes.slice(at + 1).map((other) => Math.abs(cosine(one, other))));
  return mean(cosines);
}

/** @param {Float64Array} one @param {Float64Array} other @returns {number} 0 where one of them is nothing */
function cosine(one, other) {
  const length = Math.sqrt(product(one, one) * product(other, other));
  return length && product(one, other) / length;
}

/** @param {Float64Array} one @param {Float64Array} other */
function product(one, other) {
  return one.reduce((sum, value, at) => sum + value * other[at], 0);
}

/** Which of the answers came true. @param {number} plain @param {number} beta mean overlaps, 0 to 1 */
export function answerOf(plain, beta) {
  if (Math.abs(plain - beta) < 0.02) return "alike";
  return beta < plain ? "beta" : "plain";
}
