/**
 * The hand's loop: latents go out over one WebSocket, pictures come back.
 *
 * At most one request is in flight and the newest position wins, so a slow server drops frames and never lags behind
 * the hand.
 * Events: `image` (detail {pixels, inputTime}), `status` (detail {status: "online" | "offline", reason: the server's,
 * or ""}), `stats` (detail {rtt, fps}).
 */

const FIRST_WAIT = 250;
const LONGEST_WAIT = 5000;
const NOT_ALLOWED = 1008;
const REFUSALS = new Set([1007, NOT_ALLOWED, 1009]);
const KEPT = 60;
const TELLING = 5;

export class DecodeStream extends EventTarget {
  /** @param {string} url */
  constructor(url) {
    super();
    this.url = url;
    this.wait = FIRST_WAIT;
    this.status = "";
    this.reason = "";
    /** Refusals in a row, no picture between them. */
    this.refusals = 0;
    /** @type {{latent: Float32Array, inputTime: number, sent: number}|null} */
    this.flying = null;
    /** @type {{latent: Float32Array, inputTime: number, sent: number}|null} */
    this.newest = null;
    /** @type {Uint8Array<ArrayBuffer>|null} the newest picture */
    this.last = null;
    /** @type {number[]} */
    this.trips = [];
    /** @type {number[]} */
    this.arrivals = [];
    this.hurry = () => this.connectSoon(0);
    window.addEventListener("online", this.hurry);
    this.connect();
  }

  /** @param {Float32Array} latent @param {number} inputTime performance.now() of the input that asked for it */
  send(latent, inputTime = performance.now()) {
    this.newest = { latent: latent.slice(), inputTime, sent: 0 };
    this.pump();
  }

  pump() {
    if (this.flying || !this.newest || this.socket?.readyState !== WebSocket.OPEN) return;
    this.flying = this.newest;
    this.newest = null;
    this.flying.sent = performance.now();
    this.socket.send(this.flying.latent);
  }

  connect() {
    clearTimeout(this.timer);
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => { if (!this.reason) this.tell("online"); this.pump(); };
    socket.onmessage = (event) => this.receive(event.data);
    socket.onclose = (event) => this.lost(event);
    this.socket = socket;
  }

  /** @param {ArrayBuffer} data */
  receive(data) {
    const { inputTime, sent } = this.flying;
    this.flying = null;
    this.wait = FIRST_WAIT;
    this.refusals = 0;
    this.tell("online");
    this.pump();
    this.last = new Uint8Array(data);
    this.dispatchEvent(new CustomEvent("image", { detail: { pixels: this.last, inputTime } }));
    this.measure(sent);
  }

  /** @param {number} sent */
  measure(sent) {
    const now = performance.now();
    this.trips.push(now - sent);
    this.arrivals.push(now);
    if (this.trips.length > KEPT) this.trips.shift();
    while (this.arrivals[0] < now - 1000) this.arrivals.shift();
    if (this.trips.length < TELLING) return;
    const sorted = [...this.trips].sort((a, b) => a - b);
    const detail = { rtt: sorted[sorted.length >> 1], fps: this.arrivals.length };
    this.dispatchEvent(new CustomEvent("stats", { detail }));
  }

  /**
   * A refused latent is not sent again; one that was lost with the connection is. A server that will not have us is
   * asked seldom. Then only a picture tells that all is well: such a server opens each connection, to close it with its
   * reason.
   * @param {{code: number, reason: string}} end
   */
  lost({ code, reason }) {
    const refused = REFUSALS.has(code);
    if (refused) this.refusals += 1;
    if (!refused || code === NOT_ALLOWED) this.newest ??= this.flying;
    this.flying = null;
    const barred = refused && (code === NOT_ALLOWED || this.refusals > 1);
    if (barred) this.wait = LONGEST_WAIT;
    this.tell("offline", barred ? reason : "");
    this.connectSoon(this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
  }

  /** Starts measuring anew: what came while the page was still being built says nothing about the server. */
  forget() {
    this.trips = [];
  }

  /** @param {number} wait milliseconds */
  connectSoon(wait) {
    const state = this.socket?.readyState;
    if (this.closed || state === WebSocket.OPEN || state === WebSocket.CONNECTING) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.connect(), wait);
  }

  /** @param {"online"|"offline"} status @param {string} [reason] what the server said */
  tell(status, reason = "") {
    if (status === this.status && reason === this.reason) return;
    this.status = status;
    this.reason = reason;
    this.dispatchEvent(new CustomEvent("status", { detail: { status, reason } }));
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.hurry);
    if (!this.socket) return;
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
  }
}
