/** Noise by hand, and how near one picture is to another. */

import { CHANNELS, PIXELS } from "../core/pixels.js";
import { normal, seeded } from "../learn/random.js";

/** What a strength means: a standard deviation, or the share of the pixels that is hit. */
export const KINDS = ["gaussian", "masking", "pepper"];

/** @typedef {{normals: Float64Array, uniforms: Float64Array}} Draws for each number, and for each pixel */

/** @param {number} seed @returns {Draws} the same for every strength, so that noise only grows */
export function draws(seed) {
  const random = seeded(seed);
  return {
    normals: Float64Array.from({ length: CHANNELS }, () => normal(random)),
    uniforms: Float64Array.from({ length: PIXELS }, random),
  };
}

/** What each kind makes of a number in [0, 1]. @type {Object<string, (value: number, strength: number, normal: number,
 *   uniform: number) => number>} */
const SPOILT = {
  gaussian: (value, strength, drawn) => value + strength * drawn,
  masking: (value, strength, _, drawn) => (drawn < strength ? 0 : value),
  pepper: (value, strength, _, drawn) => (drawn < strength ? Number(drawn < strength / 2) : value),
};

/**
 * A picture as it is handed to the models: noisy, then rubbed out, and clipped to what pixels can be.
 * @param {Uint8Array} clean 32 x 32 RGB @param {string} kind @param {number} strength
 * @param {Uint8Array} rubbed (1024,), 1 where a brush was @param {Draws} drawn
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function spoil(clean, kind, strength, rubbed, { normals, uniforms }) {
  return Uint8Array.from(clean, (byte, at) => {
    const pixel = Math.floor(at / 3);
    if (rubbed[pixel]) return 0;
    const value = SPOILT[kind](byte / 255, strength, normals[at], uniforms[pixel]);
    return Math.round(255 * Math.min(Math.max(value, 0), 1));
  });
}

/** Mean squared difference, pixels in [0, 1]. @param {Uint8Array} one @param {Uint8Array} other */
export function mse(one, other) {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += ((one[at] - other[at]) / 255) ** 2;
  return sum / one.length;
}

/**
 * Peak signal-to-noise ratio in decibels; Infinity for the same picture.
 * @param {Uint8Array} one @param {Uint8Array} other
 */
export function psnr(one, other) {
  return -10 * Math.log10(mse(one, other));
}

/** @param {Object<string, number>} values @returns {string} the name of the greatest */
export function greatest(values) {
  return Object.keys(values).reduce((best, name) => (values[name] > values[best] ? name : best));
}

/** Root mean square of the difference, pixels in [0, 1]. @param {Uint8Array} one @param {Uint8Array} other */
export function distance(one, other) {
  return Math.sqrt(mse(one, other));
}

/** @param {Uint8Array[]} pictures @returns {Uint8Array<ArrayBuffer>} one after the other */
export function joined(pictures) {
  const all = new Uint8Array(pictures.length * CHANNELS);
  pictures.forEach((picture, at) => all.set(picture, at * CHANNELS));
  return all;
}

/** @param {Uint8Array} pixels (k, 32, 32, 3) @returns {Uint8Array[]} */
export function parted(pixels) {
  const one = (at) => pixels.subarray(at * CHANNELS, (at + 1) * CHANNELS);
  return Array.from({ length: pixels.length / CHANNELS }, (_, at) => one(at));
}
