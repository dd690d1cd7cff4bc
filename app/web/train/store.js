/**
 * The film's frames as the server gives them: the manifest, then points and pictures, piece by piece, the ones wanted
 * first.
 */

import { ask } from "../core/ask.js";
import { decoded } from "./motion.js";

const AT_ONCE = 8; // frames of one answer
const PAUSE = 2000; // before a failed piece is asked for again

/**
 * @typedef {{kind: string, name: string, title: Object<string, string>, n: number, epochs: number[], tags: string[],
 *   classes: string[], ranges: number[][], history: {epoch: number, train_mse?: number, test_mse?: number}[],
 *   pca_mse: number|null, row: number[], row_labels: (number|null)[], image_size: number[],
 *   has_originals: boolean, live: boolean, stand: string, latent_dim: number, version: string}} Manifest
 * @typedef {{tag: string, bits: Uint16Array, row: Uint8Array}} Frame
 */

/**
 * Events: "manifest" (it has changed), "frames" (more have arrived), "failed" (detail: the error; asking goes on by
 * itself).
 */
export class Store extends EventTarget {
  /** @param {string} base the app's root URL, ending in a slash @param {{kind: string, name: string}} source */
  constructor(base, { kind, name }) {
    super();
    this.root = new URL(`api/films/${kind}/${encodeURIComponent(name)}`, base).href;
    /** @type {Manifest|null} */
    this.manifest = null;
    /** @type {Uint8Array|undefined} of the samples, once they are here */
    this.labels = undefined;
    /** @type {Map<number, Frame>} by epoch */
    this.frames = new Map();
    this.abort = new AbortController();
    this.wanted = 0;
  }

  /**
   * Asks for the manifest, at first and whenever there may be new frames.
   * @returns {Promise<void>} @throws {ApiError}
   */
  async refresh() {
    const stand = this.manifest ? `?stand=${this.manifest.stand}` : "";
    const fresh = await (await this.ask(`${this.root}${stand}`)).json();
    if (this.gone || this.knows(fresh)) return;
    const labels = `${this.root}/labels?v=${fresh.version}&stand=${fresh.stand}`;
    this.labels ??= new Uint8Array(await (await this.ask(labels)).arrayBuffer());
    if (this.gone) return;
    this.manifest = fresh;
    const tags = new Map(fresh.epochs.map((epoch, at) => [epoch, fresh.tags[at]]));
    for (const [epoch, frame] of this.frames) if (tags.get(epoch) !== frame.tag) this.frames.delete(epoch);
    this.dispatchEvent(new Event("manifest"));
    this.load();
  }

  /** @param {Manifest} fresh @returns {boolean} whether it says nothing new */
  knows({ version, live, history }) {
    const { manifest } = this;
    return version === manifest?.version && live === manifest.live && history.length === manifest.history.length;
  }

  get gone() {
    return this.abort.signal.aborted;
  }

  /** @param {number} index of a frame @returns {Frame|undefined} */
  frame(index) {
    return this.frames.get(this.manifest.epochs[index]);
  }

  /** @param {number} index @returns {Float32Array} (n, 3) of a frame that is there */
  points(index) {
    return decoded(this.frame(index).bits);
  }

  /** @param {number} index of a frame that is there @param {number} sample @returns {Float32Array} (3,) */
  point(index, sample) {
    return decoded(this.frame(index).bits.subarray(3 * sample, 3 * sample + 3));
  }

  /** @param {number} position between frames @returns {boolean} whether it can be drawn */
  ready(position) {
    return Boolean(this.frame(Math.floor(position)) && this.frame(Math.ceil(position)));
  }

  get share() {
    return this.manifest ? this.frames.size / this.manifest.epochs.length : 0;
  }

  /** Says what is needed first. @param {number} index */
  want(index) {
    this.wanted = index;
    this.load();
  }

  /** Loads all that is missing, the wanted frame first and then on from there; one piece at a time. */
  async load() {
    if (this.loading) return;
    this.loading = true;
    for (let next = this.missing(); next.length && !this.gone; next = this.missing()) {
      const failure = await this.take(next).then(() => null, (error) => error);
      if (this.gone) break;
      this.dispatchEvent(failure ? new CustomEvent("failed", { detail: failure }) : new Event("frames"));
      if (failure) await new Promise((resolve) => setTimeout(resolve, PAUSE));
      if (failure?.status === 404) await this.refresh().catch(() => {});
    }
    this.loading = false;
  }

  /** @returns {number[]} the epochs to ask for next */
  missing() {
    const { epochs } = this.manifest;
    const lacks = (at) => !this.frames.has(epochs[at]);
    const start = Math.min(epochs.length - 1, Math.max(0, Math.floor(this.wanted)));
    if (this.frames.size === 0) return [epochs[start]];
    const order = [...epochs.keys()].map((at) => (start + at) % epochs.length).filter(lacks);
    return order.slice(0, AT_ONCE).map((at) => epochs[at]);
  }

  /** @param {number[]} wanted epochs */
  async take(wanted) {
    const { epochs, tags, n, row, image_size: [height, width], version, stand } = this.manifest;
    const query = `epochs=${wanted.join(",")}&stand=${stand}&v=${version}`;
    const bytes = async (what) => (await this.ask(`${this.root}/${what}?${query}`)).arrayBuffer();
    const [points, rows] = await Promise.all(["points", "rows"].map(bytes));
    const size = row.length * height * width * 3;
    wanted.forEach((epoch, at) => this.frames.set(epoch, {
      tag: tags[epochs.indexOf(epoch)], bits: new Uint16Array(points, 6 * n * at, 3 * n),
      row: new Uint8Array(rows, size * at, size),
    }));
  }

  originalsUrl() {
    return `${this.root}/originals.png?v=${this.manifest.version}&stand=${this.manifest.stand}`;
  }

  ask(url) {
    return ask(url, { signal: this.abort.signal });
  }

  dispose() {
    this.abort.abort();
  }
}
