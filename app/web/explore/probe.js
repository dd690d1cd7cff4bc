/**
 * The probe: one position in the 3-D view and the latent behind it, z = anchor + offset + B (p - p_anchor). The offset
 * is what a person has changed beside the view, where that does not show every axis.
 *
 * Events: `move` at each change; `anchor` when the sample it started from changes; `settle` once the hand rests;
 * `trouble` (detail: the error) when a sample cannot be had.
 */

const REST = 150;

/**
 * @typedef {"mean"|"sample"|"upload"} AnchorKind
 * @typedef {{kind: AnchorKind, index: number|null, latent: Float32Array, position: Float32Array, label?: number,
 *   mse?: number|null, picture?: string, reconstruction?: string, name?: string}} Anchor `picture` and its
 *   `reconstruction`, of an upload, are data: addresses; `name` is that of its file
 */

export class Probe extends EventTarget {
  /**
   * @param {import("../core/api.js").Card} card
   * @param {import("../core/api.js").Api} api
   * @param {number[][]} limits lowest and highest position on each axis; a moving hand stays within
   */
  constructor(card, api, limits) {
    super();
    this.card = card;
    this.api = api;
    this.limits = limits;
    this.position = new Float32Array(3);
    this.latent = new Float32Array(card.latent_dim);
    /** When the newest input happened, for the measurement from input to paint. */
    this.inputTime = 0;
    this.offset = new Float32Array(card.latent_dim);
    this.timer = 0;
    this.held = false;
    /** @type {((position: ArrayLike<number>) => number[])|null} where a hand's position is drawn to instead, or null */
    this.adjust = null;
    this.asked = 0;
    this.anchor = this.mean();
    this.place(this.anchor.position);
  }

  /** @returns {Anchor} the average sample */
  mean() {
    const latent = Float32Array.from(this.card.mean);
    return { kind: "mean", index: null, latent, position: this.toPosition(latent) };
  }

  /**
   * Moves within the view; what the view does not show stays as the anchor has it.
   * @param {ArrayLike<number>} position
   * @param {number} [time] of the input event, in performance.now() milliseconds
   */
  moveTo(position, time = performance.now()) {
    this.asked += 1;
    const within = Array.from(position, (value, axis) => {
      const [low, high] = this.limits[axis];
      return Math.min(high, Math.max(low, value));
    });
    this.inputTime = time;
    this.place(within);
    this.announce();
  }

  /**
   * The same for a hand, be it on the probe, a slider or the keys: its position may be adjusted.
   * @param {ArrayLike<number>} position @param {number} [time] of the input event
   */
  moveByHand(position, time) {
    this.moveTo(this.adjust?.(position) ?? position, time);
  }

  /** @returns {number|null} the sample that the probe stands on exactly */
  sampleHere() {
    const { kind, index } = this.anchor;
    return kind === "sample" && this.atAnchor() && this.card.n > 1 ? index : null;
  }

  /** @returns {boolean} whether something is changed that the view does not show */
  besideView() {
    return this.offset.some((value) => value !== 0);
  }

  atAnchor() {
    return !this.besideView() && this.position.every((value, axis) => value === this.anchor.position[axis]);
  }

  /**
   * @param {number} index of a sample
   * @returns {Promise<boolean>} whether the probe is there now; a newer move wins over a late answer
   */
  async goToSample(index) {
    const mine = (this.asked += 1);
    const time = performance.now();
    const failed = (detail) => this.dispatchEvent(new CustomEvent("trouble", { detail })) && null;
    const sample = await this.api.sample(index).catch(failed);
    if (!sample || mine !== this.asked) return false;
    this.goToLatent(sample.latent, "sample", { index, label: sample.label, mse: sample.mse, time });
    return true;
  }

  /**
   * Moves to a latent that may lie beside the view; the anchor stays.
   * @param {ArrayLike<number>} latent @param {number} [time] of the input event
   */
  moveToLatent(latent, time = performance.now()) {
    this.asked += 1;
    const position = this.toPosition(latent);
    this.offset.fill(0);
    this.place(position);
    if (this.card.latent_dim > 3) this.offset.set(this.latent.map((value, row) => latent[row] - value));
    this.inputTime = time;
    this.place(position);
    this.announce();
  }

  /**
   * Puts probe and anchor on one latent.
   * @param {ArrayLike<number>} latent
   * @param {AnchorKind} kind
   * @param {{index?: number, label?: number, mse?: number|null, picture?: string, reconstruction?: string,
   *   name?: string, time?: number}} [about]
   */
  goToLatent(latent, kind, about = {}) {
    this.asked += 1;
    const { time, ...rest } = about;
    const z = Float32Array.from(latent);
    this.offset.fill(0);
    this.setAnchor({ index: null, ...rest, kind, latent: z, position: this.toPosition(z) });
    this.inputTime = time ?? performance.now();
    this.place(this.anchor.position);
    this.announce();
  }

  /** Back to the average sample. */
  home() {
    this.goToLatent(this.card.mean, "mean");
  }

  /** @param {boolean} held whether a hand holds the probe; letting go settles at once */
  hold(held) {
    const released = this.held && !held;
    this.held = held;
    if (released) this.settle();
  }

  /** @param {Anchor} anchor */
  setAnchor(anchor) {
    this.anchor = anchor;
    this.dispatchEvent(new Event("anchor"));
  }

  /** @param {ArrayLike<number>} position */
  place(position) {
    this.position.set(position);
    const { latent, position: from } = this.anchor;
    const step = this.position.map((value, axis) => value - from[axis]);
    for (let row = 0; row < this.latent.length; row += 1) {
      const b = this.card.basis[row];
      this.latent[row] = latent[row] + this.offset[row] + b[0] * step[0] + b[1] * step[1] + b[2] * step[2];
    }
  }

  /** @param {ArrayLike<number>} latent @returns {Float32Array} its place in the view, (z - center) B */
  toPosition(latent) {
    const position = new Float64Array(3);
    for (let row = 0; row < latent.length; row += 1) {
      const offset = latent[row] - this.card.center[row];
      for (let axis = 0; axis < 3; axis += 1) position[axis] += offset * this.card.basis[row][axis];
    }
    return Float32Array.from(position);
  }

  announce() {
    this.dispatchEvent(new Event("move"));
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.settle(), REST);
  }

  settle() {
    clearTimeout(this.timer);
    this.dispatchEvent(new Event("settle"));
  }

  dispose() {
    clearTimeout(this.timer);
    this.asked += 1;
  }
}
