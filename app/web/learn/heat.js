/** Numbers as colours, and pixels on a small canvas. */

import { h } from "../core/dom.js";
import { SIDE } from "../core/pixels.js";

const STOPS = [[18, 12, 40], [120, 28, 109], [229, 92, 48], [252, 222, 140]]; // dark to light: lightness alone tells

/** @param {number} share 0 to 1 @returns {number[]} red, green, blue, 0 to 255 */
export function heat(share) {
  const at = Math.min(Math.max(share, 0), 1) * (STOPS.length - 1);
  const [below, above] = [STOPS[Math.floor(at)], STOPS[Math.ceil(at)]];
  return below.map((value, channel) => Math.round(value + (above[channel] - value) * (at - Math.floor(at))));
}

/** @param {string} label what it shows, for a reader @param {number} [side] pixels @returns {HTMLCanvasElement} */
export function smallCanvas(label, side = SIDE) {
  return h("canvas", { class: "mx-pixelated mx-small", width: side, height: side, role: "img", "aria-label": label });
}

/**
 * @param {HTMLCanvasElement} canvas is made that large @param {number} width @param {number} height
 * @param {(at: number) => ArrayLike<number>|null} colour of each pixel, row by row, 0 to 255; null: none
 */
export function paint(canvas, width, height, colour) {
  Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  const frame = pen.createImageData(width, height);
  for (let at = 0; at < width * height; at += 1) {
    const channels = colour(at);
    if (channels) frame.data.set([channels[0], channels[1], channels[2], 255], 4 * at);
  }
  pen.putImageData(frame, 0, 0);
}

/** @param {HTMLCanvasElement} canvas @param {Uint8Array} pixels SIDE x SIDE RGB */
export function paintPicture(canvas, pixels) {
  paint(canvas, SIDE, SIDE, (at) => pixels.subarray(3 * at, 3 * at + 3));
}
