/** What the server has of other methods on a model's test images: figures, clouds, and the order to compute one. */

import { ask } from "../core/ask.js";

export const AUTOENCODER = "autoencoder"; // in place of a method: the model itself, on the same images

/**
 * @typedef {{seconds: number, trustworthiness: number, continuity: number, knn_accuracy: number}} Facts
 * @typedef {{name: string, title: string, family: "selection"|"linear"|"nonlinear", call: string, source: string,
 *   supervised: boolean, places: boolean, decodes: boolean, installed: boolean, expected: number,
 *   facts: Facts|null}} Method `expected`: seconds
 * @typedef {{n: number, has_images: boolean, made: {seed?: number, hardware?: string}, methods: Method[],
 *   model: Facts|null}} Listed
 */

/**
 * Where the model itself has the samples.
 * @param {Int32Array} samples (n,) @param {(index: number) => ArrayLike<number>} positionOf three coordinates each
 * @returns {Float32Array} (n, 3)
 */
export function ownPoints(samples, positionOf) {
  const points = new Float32Array(3 * samples.length);
  samples.forEach((sample, at) => points.set(positionOf(sample), 3 * at));
  return points;
}

export class Results {
  /** @param {import("../core/api.js").Api} api of the model whose test images they are */
  constructor(api) {
    this.root = `${api.root}/reductions`;
    /** @type {Map<string, Promise<ArrayBuffer>>} */
    this.kept = new Map();
  }

  /** @returns {Promise<Listed>} */
  async list() {
    return (await ask(this.root)).json();
  }

  /** @returns {Promise<Int32Array>} which samples they are, (n,) */
  async samples() {
    return new Int32Array(await this.bytes("samples"));
  }

  /** @param {string} method @returns {Promise<Float32Array>} its cloud, (n, 3), the farthest coordinate being 1 */
  async points(method) {
    return new Float32Array(await this.bytes(`${method}/points`));
  }

  /** @param {string} method or AUTOENCODER @param {AbortSignal} signal gives it up @returns {Promise<Facts>} */
  async compute(method, signal) {
    return (await ask(`${this.root}/${method}`, { method: "POST", signal })).json();
  }

  /** @param {string} what */
  bytes(what) {
    const known = this.kept.get(what);
    if (known) return known;
    const fresh = ask(`${this.root}/${what}`).then((answer) => answer.arrayBuffer());
    fresh.catch(() => this.kept.delete(what));
    this.kept.set(what, fresh);
    return fresh;
  }
}
