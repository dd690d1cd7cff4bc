/** Volumes and distances in d dimensions: closed forms, and the same by drawing points at random. */

import { seeded } from "../learn/random.js";

const SEED = 1;

/** Logarithm of the gamma function at half-integers, exact by its recurrence. @param {number} twice 2x */
function logGamma(twice) {
  let log = twice % 2 ? Math.log(Math.sqrt(Math.PI)) : 0;
  for (let at = twice % 2 ? 1 : 2; at < twice; at += 2) log += Math.log(at / 2);
  return log;
}

/** Volume of the ball of diameter 1 in the unit cube of d dimensions. @param {number} d */
export function ballShare(d) {
  return Math.exp((d / 2) * Math.log(Math.PI) - d * Math.LN2 - logGamma(d + 2));
}

/** The same, as the share of points drawn in the cube. @param {number} d @param {number} count */
export function insideShare(d, count) {
  const random = seeded(SEED);
  let inside = 0;
  for (let point = 0; point < count; point += 1) {
    let square = 0;
    for (let axis = 0; axis < d && square <= 0.25; axis += 1) square += (random() - 0.5) ** 2;
    if (square <= 0.25) inside += 1;
  }
  return inside / count;
}

/**
 * Distances between uniform points in the unit cube.
 * @param {number} d @param {number} count
 * @returns {{relative: Float64Array, ratio: number}} of pairs, in units of their root mean square, sqrt(d / 6); and
 *   from one point to the others, the farthest by the nearest
 */
export function distances(d, count) {
  const random = seeded(SEED);
  const scale = Math.sqrt(d / 6);
  const relative = Float64Array.from({ length: count }, () => distance(d, random, random) / scale);
  const query = Float64Array.from({ length: d }, random);
  const from = Float64Array.from({ length: count }, () => distance(d, random, (axis) => query[axis]));
  return { relative, ratio: from.reduce((a, b) => Math.max(a, b)) / from.reduce((a, b) => Math.min(a, b)) };
}

/** @param {number} d @param {(axis: number) => number} one @param {(axis: number) => number} other coordinates */
function distance(d, one, other) {
  let square = 0;
  for (let axis = 0; axis < d; axis += 1) square += (one(axis) - other(axis)) ** 2;
  return Math.sqrt(square);
}

/**
 * Density of the distance of a pair, in the same units: normal where d is large, as the square of the distance has the
 * mean d/6 and the variance 7d/180.
 * @param {number} d @param {number} at
 */
export function distanceTheory(d, at) {
  const deviation = Math.sqrt(7 / 20 / d);
  return Math.exp(-0.5 * ((at - 1) / deviation) ** 2) / (deviation * Math.sqrt(2 * Math.PI));
}

/**
 * @param {Float64Array} values @param {number} most @param {number} bins
 * @returns {{x: number[], y: number[]}} density in the middle of each bin
 */
export function histogram(values, most, bins) {
  const width = most / bins;
  const y = Array(bins).fill(0);
  for (const value of values) if (value < most) y[Math.floor(value / width)] += 1 / (values.length * width);
  return { x: y.map((_, at) => (at + 0.5) * width), y };
}

/** Samples for `perAxis` along each of d axes: "1,000" or "10^24". @param {number} perAxis @param {number} d */
export function neededInPrint(perAxis, d) {
  const power = d * Math.log10(perAxis);
  return power < 9 ? Math.round(perAxis ** d).toLocaleString("en") : `10^${Math.round(power)}`;
}
