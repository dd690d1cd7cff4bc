/** What compression is measured by. */

import { CHANNELS } from "../core/pixels.js";

const NUMBER = 4; // bytes

/** @param {number} mse mean squared error per pixel, of pixels in [0, 1] @returns {number} decibels */
export function psnr(mse) {
  return -10 * Math.log10(mse);
}

/** @param {number} d @returns {{bytes: number, ratio: number}} of d numbers, and how many times fewer they are */
export function packed(d) {
  return { bytes: NUMBER * d, ratio: CHANNELS / (NUMBER * d) };
}

/** @param {number} ratio @returns {string} "256", "1.5" */
export function ratioInPrint(ratio) {
  return ratio >= 10 ? String(Math.round(ratio)) : ratio.toFixed(1);
}

/** @param {Float32Array} measures (3, n), the errors first @param {number} n @returns {number} their mean, or NaN */
export function meanError(measures, n) {
  return measures.subarray(0, n).reduce((sum, error) => sum + error / n, 0);
}

/**
 * Dots of a chart, in decibels.
 * @param {string} name @param {[number, number|null][]} errors mean squared error by d; null: not known yet
 * @returns {import("../learn/chart.js").Line}
 */
export function curve(name, errors) {
  const known = errors.filter(([, mse]) => mse !== null);
  return { name, x: known.map(([d]) => d), y: known.map(([, mse]) => psnr(mse)), dots: true, size: 10 };
}
