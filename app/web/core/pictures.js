/**
 * The samples' own pictures, fetched many at a time and kept for the next look.
 *
 * They are shown as images, not on canvases: the browser hands each canvas to its compositor in every frame, drawn on
 * or not.
 */

import { SHEET_MOST } from "../shared/contract.js";
import { penOf, SIDE } from "./pixels.js";

const KEPT = 1024; // pictures in memory: 4 MB

/** @type {WeakMap<object, SamplePictures>} */
const shared = new WeakMap();

/** The pictures that all panels of one scene share. @param {import("./api.js").Api} api @returns {SamplePictures} */
export function picturesOf(api) {
  if (!shared.has(api)) shared.set(api, new SamplePictures(api));
  return shared.get(api);
}

export class SamplePictures {
  /** @param {import("./api.js").Api} api whose sheets hold originals, or reconstructions without the data */
  constructor(api) {
    this.api = api;
    /** @type {Map<number, HTMLImageElement>} decoded */
    this.kept = new Map();
  }

  /**
   * Fetch those of `indices` that are not at hand, in one request.
   * @param {number[]} indices
   * @throws when the sheet cannot be fetched
   */
  async load(indices) {
    const missing = [...new Set(indices)].filter((index) => !this.#use(index));
    missing.sort((a, b) => a - b);
    for (let at = 0; at < missing.length; at += SHEET_MOST) {
      await this.#loadSheet(missing.slice(at, at + SHEET_MOST));
    }
    this.#forgetAllBut(indices);
  }

  /**
   * Show sample `index` in an image, at once; nothing when it is not at hand.
   * @param {number} index @param {HTMLImageElement} image
   */
  show(index, image) {
    const kept = this.kept.get(index);
    image.style.visibility = kept ? "" : "hidden";
    if (kept && image.src !== kept.src) image.src = kept.src;
  }

  /** Forgotten last, as it is wanted now. @param {number} index @returns {boolean} whether it is at hand */
  #use(index) {
    const kept = this.kept.get(index);
    this.kept.delete(index);
    if (kept) this.kept.set(index, kept);
    return Boolean(kept);
  }

  async #loadSheet(indices) {
    const answer = await fetch(this.api.sheetUrl(indices));
    if (!answer.ok) throw new Error(`sheet: ${answer.status}`);
    const sheet = await createImageBitmap(await answer.blob());
    const pen = penOf(SIDE, SIDE);
    const images = indices.map((_, at) => {
      pen.drawImage(sheet, -at * SIDE, 0);
      return Object.assign(new Image(), { src: pen.canvas.toDataURL() });
    });
    sheet.close();
    await Promise.all(images.map((image) => image.decode()));
    indices.forEach((index, at) => this.kept.set(index, images[at]));
  }

  #forgetAllBut(indices) {
    const needed = new Set(indices);
    for (const index of this.kept.keys()) {
      if (this.kept.size <= KEPT) return;
      if (!needed.has(index)) this.kept.delete(index);
    }
  }
}
