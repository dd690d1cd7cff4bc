/** The models' images as pixels: how large they are, and how they are read. */

import { IMAGE_SIDE } from "../shared/contract.js";

export const SIDE = IMAGE_SIDE; // pixels, each way
export const PIXELS = SIDE * SIDE;
export const CHANNELS = 3 * PIXELS; // bytes of one, row by row, as red, green and blue

/** @param {number} width @param {number} height @returns {CanvasRenderingContext2D} of a new canvas, to be read */
export function penOf(width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  return canvas.getContext("2d", { willReadFrequently: true });
}

/** @param {CanvasImageSource} picture @returns {Uint8ClampedArray} its pixels as SIDE x SIDE RGBA */
export function rgbaOf(picture) {
  const pen = penOf(SIDE, SIDE);
  pen.drawImage(picture, 0, 0, SIDE, SIDE);
  return pen.getImageData(0, 0, SIDE, SIDE).data;
}

/** @param {string} address of a picture @returns {Promise<Uint8Array<ArrayBuffer>>} its pixels as SIDE x SIDE RGB */
export async function rgbOf(address) {
  const image = Object.assign(new Image(), { src: address });
  await image.decode();
  return Uint8Array.from(rgbaOf(image).filter((_, at) => at % 4 !== 3));
}
