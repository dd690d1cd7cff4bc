/** Pictures of many latents at once, over a decoder socket of its own: the hand's loop does not wait for them. */

import { h } from "./dom.js";
import { CHANNELS, SIDE } from "./pixels.js";

export class BatchDecoder {
  /** @param {string} url */
  constructor(url) {
    this.url = url;
    /** @type {Promise<WebSocket>|null} */
    this.opened = null;
    this.closed = false;
    /** @type {Promise<*>} one message is answered before the next is sent */
    this.queue = Promise.resolve();
  }

  /**
   * @param {Float32Array} latents (k, d), at most 64 of them
   * @returns {Promise<Uint8Array>} (k, 32, 32, 3)
   * @throws where there is no connection
   */
  decode(latents) {
    const answer = this.queue.then(() => this.ask(latents));
    this.queue = answer.catch(() => {});
    return answer;
  }

  async ask(latents) {
    if (this.closed) throw new Error("closed");
    const socket = await (this.opened ??= this.open());
    return new Promise((resolve, reject) => {
      socket.onmessage = ({ data }) => resolve(new Uint8Array(data));
      socket.onclose = () => { this.opened = null; reject(new Error("closed")); };
      socket.send(latents);
    });
  }

  /** @returns {Promise<WebSocket>} */
  open() {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(this.url);
      socket.binaryType = "arraybuffer";
      socket.onopen = () => resolve(socket);
      socket.onclose = () => { this.opened = null; reject(new Error("closed")); };
      this.socket = socket;
    });
  }

  /** For good: what still waits is not asked any more. */
  close() {
    this.closed = true;
    this.socket?.close();
  }
}

/** @param {Uint8Array} pixels (k, 32, 32, 3) @returns {string[]} an address for each picture, as data */
export function addressesOf(pixels) {
  const canvas = h("canvas", { width: SIDE, height: SIDE });
  const pen = canvas.getContext("2d");
  const frame = pen.createImageData(SIDE, SIDE);
  frame.data.fill(255);
  return Array.from({ length: pixels.length / CHANNELS }, (_, at) => {
    for (let from = at * CHANNELS, to = 0; from < (at + 1) * CHANNELS; from += 3, to += 4) {
      frame.data.set(pixels.subarray(from, from + 3), to);
    }
    pen.putImageData(frame, 0, 0);
    return canvas.toDataURL();
  });
}
