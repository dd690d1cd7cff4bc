/**
 * The film as a function of time: where a position between two frames lies in epochs, and where the points are then.
 */

import { Stretch } from "./motion.js";

const KEPT = 2; // ways between two frames, for a hand that goes to and fro

export class FrameInterpolator {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.epochs = store.manifest.epochs;
    /** @type {Float32Array|undefined} made when it is first needed */
    this.out = undefined;
    this.renew();
  }

  /** The manifest has changed. */
  renew() {
    const { epochs, tags } = this.store.manifest;
    this.epochs = epochs;
    this.tags = tags.join();
    /** @type {Map<string, Stretch>} */
    this.stretches = new Map();
  }

  /** @param {number} position @returns {number} also between two epochs */
  epochAt(position) {
    const at = Math.floor(position);
    const next = this.epochs[Math.min(at + 1, this.epochs.length - 1)];
    return this.epochs[at] + (position - at) * (next - this.epochs[at]);
  }

  /**
   * @param {number} epoch @param {number[]} [epochs] another list of frames
   * @returns {number} the position of that moment
   */
  placeOf(epoch, epochs = this.epochs) {
    const after = epochs.findIndex((known) => known >= epoch);
    if (after === -1) return epochs.length - 1;
    return after === 0 ? 0 : after - (epochs[after] - epoch) / (epochs[after] - epochs[after - 1]);
  }

  /** @param {number} position between frames that are there @returns {Float32Array} (n, 3), good until the next call */
  points(position) {
    const at = Math.floor(position);
    if (position === at) return this.store.points(at);
    this.out ??= new Float32Array(3 * this.store.manifest.n);
    return this.stretch(at).at(position - at, this.out);
  }

  /** The way between two frames. Which neighbours are there counts: they bend it. */
  stretch(at) {
    const { store, stretches } = this;
    const isThere = (index) => index >= 0 && index < this.epochs.length && Boolean(store.frame(index));
    const around = [at - 1, at, at + 1, at + 2].map(isThere);
    const key = `${at} ${around}`;
    const known = stretches.get(key);
    if (known) return known;
    const [a, b, c, d] = around.map((there, offset) => (there ? store.points(at - 1 + offset) : null));
    const made = new Stretch(a, b, c, d);
    if (stretches.size >= KEPT) stretches.delete(stretches.keys().next().value);
    stretches.set(key, made);
    return made;
  }
}
