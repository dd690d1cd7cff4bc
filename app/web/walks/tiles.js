/** Pictures as pixels: cut out of a row, mixed, put together again. */

import { penOf, SIDE } from "../core/pixels.js";

/** @param {string} url of `count` pictures in a row @param {number} count @returns {Promise<ImageData[]>} */
export async function tilesOf(url, count) {
  const image = Object.assign(new Image(), { src: url });
  await image.decode();
  const pen = penOf(SIDE * count, SIDE);
  pen.drawImage(image, 0, 0, SIDE * count, SIDE);
  return Array.from({ length: count }, (_, at) => pen.getImageData(SIDE * at, 0, SIDE, SIDE));
}

/**
 * Each picture as a mixture of the two between which it lies, pixel by pixel.
 * @param {ImageData[]} ends @param {number[]} at on which step each of them is; the first is 0
 * @returns {ImageData[]} one for each step
 */
export function faded(ends, at) {
  const steps = Array.from({ length: at.at(-1) + 1 }, (_, step) => step);
  return steps.map((step) => {
    const after = Math.max(1, at.findIndex((end) => end >= step));
    const share = (step - at[after - 1]) / (at[after] - at[after - 1]);
    return mixed(ends[after - 1], ends[after], share);
  });
}

/** @param {ImageData} from @param {ImageData} to @param {number} share of the second */
function mixed({ data: from }, { data: to }, share) {
  const out = new ImageData(SIDE, SIDE);
  for (let at = 0; at < from.length; at += 1) out.data[at] = from[at] + share * (to[at] - from[at]);
  return out;
}

/** @param {ImageData[]} tiles @returns {HTMLCanvasElement} in a row */
export function joined(tiles) {
  const pen = penOf(SIDE * tiles.length, SIDE);
  tiles.forEach((tile, at) => pen.putImageData(tile, SIDE * at, 0));
  return pen.canvas;
}
