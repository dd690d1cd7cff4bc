/** Pictures of many latents at once, over a decoder socket of its own: the hand's loop does not wait for them. */

export class BatchDecoder {
  /** @param {string} url */
  constructor(url) {
    this.url = url;
    /** @type {Promise<WebSocket>|null} */
    this.opened = null;
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

  close() {
    this.socket?.close();
    this.opened = null;
  }
}
