/** Small pictures of latents, decoded over a connection of its own: the hand's stays the hand's. */

import { addressesOf, BatchDecoder } from "../core/batch_decoder.js";

export class Thumbnails {
  /** @param {string} url of the decoder's WebSocket */
  constructor(url) {
    this.url = url;
    /** @type {Map<string, string>} data: addresses by latent */
    this.known = new Map();
  }

  /** @param {number[]} latent @returns {string|null} the address of its picture, if it has been decoded */
  of(latent) {
    return this.known.get(latent.join()) ?? null;
  }

  /** Decodes those that are missing, in one message. @param {number[][]} latents at most 64, each (d) */
  async load(latents) {
    const missing = latents.filter((latent) => !this.of(latent));
    if (!missing.length) return;
    const decoder = new BatchDecoder(this.url);
    const pixels = await decoder.decode(Float32Array.from(missing.flat())).finally(() => decoder.close());
    const addresses = addressesOf(pixels);
    missing.forEach((latent, at) => this.known.set(latent.join(), addresses[at]));
  }
}
