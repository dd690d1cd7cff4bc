/**
 * Whether the decoded picture is shown with the sample's detail, D(z) + (x - D(z_sample)), and that detail.
 *
 * x is the original, or where none is at hand the reconstruction of it by a model with more numbers. A page never
 * begins with it.
 * Event: `change`, when it is switched on or off, when the detail is there, when there is another anchor.
 */

import { rgbaOf } from "../core/pixels.js";
import { NO_DETAIL, residual } from "./detail.js";

/**
 * @typedef {{original: string, decoded: string, finer: boolean}} Source addresses of x and D(z_sample), and whether x
 *   is a reconstruction
 */

export class DetailMode extends EventTarget {
  /**
   * @param {import("./probe.js").Probe} probe @param {import("../core/api.js").Api} api
   * @param {import("../core/api.js").Card} card
   */
  constructor(probe, api, card) {
    super();
    this.probe = probe;
    this.api = api;
    this.card = card;
    this.on = false;
    this.abort = new AbortController();
    probe.addEventListener("anchor", () => this.take(), { signal: this.abort.signal });
    this.take();
  }

  /** @returns {Int16Array} what is to be added to the decoded picture now */
  get added() {
    return (this.on && this.detail) || NO_DETAIL;
  }

  /** @returns {boolean} whether what is shown is more than the decoder's picture */
  get shown() {
    return this.added !== NO_DETAIL;
  }

  /** @param {boolean} on */
  set(on) {
    this.on = on && this.missing === "";
    this.load();
    this.tell();
  }

  /** The probe has started from somewhere else. */
  take() {
    const { source = null, missing = "" } = sourceOf(this.probe.anchor, this.api, this.card);
    if (source?.original !== this.source?.original) this.detail = null;
    this.source = source;
    this.missing = missing;
    if (missing) this.on = false;
    this.load();
    this.tell();
  }

  /** Fetches the detail once it is wanted. */
  async load() {
    const { source } = this;
    if (!this.on || this.detail || this.loading === source) return;
    this.loading = source;
    const both = [source.original, source.decoded].map(async (address) => rgbaOf(await picture(address)));
    const pixels = await Promise.all(both).catch(() => null);
    if (this.loading === source) this.loading = null;
    if (source !== this.source || this.abort.signal.aborted) return;
    if (pixels) this.detail = residual(pixels[0], pixels[1]);
    else Object.assign(this, { missing: "detail.none.failed", on: false });
    this.tell();
  }

  tell() {
    this.dispatchEvent(new Event("change"));
  }

  dispose() {
    this.abort.abort();
  }
}

/**
 * @param {import("./probe.js").Anchor} anchor @param {import("../core/api.js").Api} api
 * @param {import("../core/api.js").Card} card
 * @returns {{source?: Source, missing?: string}} `missing`: the key of the sentence that says why there is none
 */
function sourceOf({ kind, index, picture: original, reconstruction }, api, { has_images: hasImages, finer }) {
  if (kind === "mean") return { missing: "detail.none.mean" };
  if (kind === "upload") {
    if (!original) return { missing: "detail.none.upload" };
    return { source: { original, decoded: reconstruction, finer: false } };
  }
  const decoded = api.reconstructionUrl(index);
  if (hasImages) return { source: { original: api.imageUrl(index), decoded, finer: false } };
  if (!finer) return { missing: "detail.none.images" };
  return { source: { original: api.of(finer.name).reconstructionUrl(index), decoded, finer: true } };
}

/** @param {string} address @returns {Promise<HTMLImageElement>} ready to be drawn */
async function picture(address) {
  const image = Object.assign(new Image(), { src: address });
  await image.decode();
  return image;
}
