/** The samples' own pictures, fetched many at a time and kept for the next look. */

export const SIDE = 32; // pixels of a sample, each way
const KEPT = 1024; // pictures in memory: 4 MB
const PER_SHEET = 64; // the server's limit for one sheet

/** @type {WeakMap<object, SamplePictures>} */
const shared = new WeakMap();

/** The pictures that all panels of one scene share. @param {import("./api.js").Api} api @returns {SamplePictures} */
export function picturesOf(api) {
  if (!shared.has(api)) shared.set(api, new SamplePictures(api));
  return shared.get(api);
}

class SamplePictures {
  /** @param {import("./api.js").Api} api whose sheets hold originals, or reconstructions without the data */
  constructor(api) {
    this.api = api;
    /** @type {Map<number, ImageData>} */
    this.kept = new Map();
  }

  /**
   * Fetch those of `indices` that are not at hand, in one request.
   * @param {number[]} indices
   * @throws when the sheet cannot be fetched
   */
  async load(indices) {
    const missing = [...new Set(indices)].filter((index) => !this.kept.has(index));
    missing.sort((a, b) => a - b);
    for (let at = 0; at < missing.length; at += PER_SHEET) {
      await this.#loadSheet(missing.slice(at, at + PER_SHEET));
    }
    this.#forgetAllBut(indices);
  }

  /** Paint sample `index` on a 32 x 32 canvas; blank when it is not at hand. */
  paint(index, canvas) {
    const pixels = this.kept.get(index);
    const brush = canvas.getContext("2d");
    if (pixels) brush.putImageData(pixels, 0, 0);
    else brush.clearRect(0, 0, SIDE, SIDE);
  }

  async #loadSheet(indices) {
    const answer = await fetch(this.api.sheetUrl(indices));
    if (!answer.ok) throw new Error(`sheet: ${answer.status}`);
    const sheet = await createImageBitmap(await answer.blob());
    const canvas = new OffscreenCanvas(sheet.width, sheet.height);
    const brush = canvas.getContext("2d", { willReadFrequently: true });
    brush.drawImage(sheet, 0, 0);
    sheet.close();
    indices.forEach((index, at) => {
      this.kept.set(index, brush.getImageData(at * SIDE, 0, SIDE, SIDE));
    });
  }

  #forgetAllBut(indices) {
    const needed = new Set(indices);
    for (const index of this.kept.keys()) {
      if (this.kept.size <= KEPT) return;
      if (!needed.has(index)) this.kept.delete(index);
    }
  }
}
