/** Small pictures of latents, decoded over a connection of its own: the hand's stays the hand's. */

import { addResidual, CHANNELS, NO_DETAIL, SIDE } from "./detail.js";

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
    const pictures = await decoded(this.url, missing);
    const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
    missing.forEach((latent, at) => this.known.set(latent.join(), drawn(pictures[at], canvas)));
  }
}

/** @param {string} url @param {number[][]} latents @returns {Promise<Uint8Array[]>} RGB of each */
function decoded(url, latents) {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const answered = new Promise((done, failed) => {
    socket.onopen = () => socket.send(Float32Array.from(latents.flat()));
    socket.onmessage = ({ data }) => done(latents.map((_, at) => new Uint8Array(data, at * CHANNELS, CHANNELS)));
    socket.onclose = failed;
  });
  return answered.finally(() => socket.close());
}

/** @param {Uint8Array} pixels RGB @param {HTMLCanvasElement} canvas @returns {string} a data: address */
function drawn(pixels, canvas) {
  const pen = canvas.getContext("2d");
  const picture = pen.createImageData(SIDE, SIDE);
  picture.data.fill(255);
  addResidual(pixels, NO_DETAIL, picture.data);
  pen.putImageData(picture, 0, 0);
  return canvas.toDataURL();
}
