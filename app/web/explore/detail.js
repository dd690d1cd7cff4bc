/** The arithmetic of a sample's detail, r = x - D(z_sample): what a decoded picture lacks of the original. */

import { CHANNELS, SIDE } from "../core/pixels.js";

const GREY = 128;

/** Nothing is added: the decoded picture as it is. */
export const NO_DETAIL = new Int16Array(CHANNELS);

/**
 * @param {ArrayLike<number>} original RGBA, 0 to 255 @param {ArrayLike<number>} decoded RGBA, at the sample itself
 * @returns {Int16Array} RGB, -255 to 255
 */
export function residual(original, decoded) {
  const left = new Int16Array(CHANNELS);
  for (let to = 0, from = 0; to < CHANNELS; to += 3, from += 4) {
    for (let channel = 0; channel < 3; channel += 1) {
      left[to + channel] = original[from + channel] - decoded[from + channel];
    }
  }
  return left;
}

/**
 * Writes decoded + detail, cut to 0 to 255; alpha stays as it is.
 * @param {ArrayLike<number>} decoded RGB, 0 to 255 @param {Int16Array} detail RGB @param {Uint8ClampedArray} out RGBA
 */
export function addResidual(decoded, detail, out) {
  for (let from = 0, to = 0; from < CHANNELS; from += 3, to += 4) {
    out[to] = decoded[from] + detail[from];
    out[to + 1] = decoded[from + 1] + detail[from + 1];
    out[to + 2] = decoded[from + 2] + detail[from + 2];
  }
}

const MIDDLE = new Uint8Array(CHANNELS).fill(GREY);

/**
 * Writes the detail as a picture: middle grey is nothing.
 * @param {Int16Array} detail RGB @param {Uint8ClampedArray} out RGBA
 */
export function drawResidual(detail, out) {
  addResidual(MIDDLE, detail, out);
}

/**
 * @param {ArrayLike<number>} one RGBA @param {ArrayLike<number>} other RGBA
 * @returns {number} mean squared difference of the colours, pixels counted as 0 to 1
 */
export function meanSquare(one, other) {
  let sum = 0;
  for (let at = 0; at < SIDE * SIDE * 4; at += 1) if (at % 4 < 3) sum += (one[at] - other[at]) ** 2;
  return sum / CHANNELS / 255 ** 2;
}
