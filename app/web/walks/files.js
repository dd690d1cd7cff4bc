/** A walk as files: its coordinates as a table, its pictures as one. */

import { penOf, SIDE } from "../core/pixels.js";
import { joined } from "./tiles.js";

const TIMES = 4; // as large as the pictures are

/**
 * One line for each step: its number, the stop that it stands on, how far it is off the data (percentile), its place in
 * the view where that is not the latent itself, its latent.
 * @param {import("./walk.js").Way} way @param {string[]} axes names of the view's
 * @returns {string}
 */
export function tableOf({ at, latents, points, percentiles, letters }, axes) {
  const latent = latents[0].map((_, axis) => `z${axis + 1}`);
  const view = latents[0].length > axes.length ? axes : [];
  const lines = latents.map((z, step) => [step + 1, letters[at.indexOf(step)] ?? "",
    percentiles[step].toFixed(2), ...(view.length ? points[step] : []), ...z].join(","));
  return [["step", "stop", "percentile", ...view, ...latent].join(","), ...lines, ""].join("\n");
}

/**
 * The pictures in a row, and the cross-fade below them.
 * @param {ImageData[]} tiles @param {ImageData[]} fades @returns {Promise<Blob>} PNG
 */
export function pictureOf(tiles, fades) {
  const side = TIMES * SIDE;
  const pen = penOf(side * tiles.length, 2 * side);
  pen.imageSmoothingEnabled = false;
  [tiles, fades].forEach((row, at) => pen.drawImage(joined(row), 0, at * side, side * row.length, side));
  return new Promise((resolve) => pen.canvas.toBlob(resolve, "image/png"));
}
