/** The server's HTTP calls, as documented in the README. Nothing here knows about the page. */

import { ask, bytes, json, posted } from "./ask.js";
import { received } from "./progress.js";

const REMEMBERED = 8;

/**
 * @typedef {{name: string, title: Object<string, string>, latent_dim: number, classes: string[], has_images: boolean,
 *   n: number, dataset: string, version: string, original_shape: number[], data: {fingerprint: string},
 *   center: number[], basis: number[][], ranges: number[][], latent_ranges: number[][],
 *   config: Object<string, Object<string, *>>, mean: number[], class_means: (number[]|null)[],
 *   metrics: Object<string, number>, history?: Object<string, number>[],
 *   start: number, view_share: number, image_size: number[], description?: Object<string, string>,
 *   finer: {name: string, latent_dim: number}|null, axis_names: {names: string[], editable: boolean}}} Card
 * @typedef {{name: string, title: Object<string, string>, dataset: string, fingerprint: string, latent_dim: number,
 *   has_images: boolean, metrics: Object<string, number>}} ModelEntry
 * @typedef {{index: number, label: number, distance: number}} Neighbour
 * @typedef {{distance: number, percentile: number}} Density around a place, and the share of held-out images that lie
 *   in denser ones, 0 to 100
 * @typedef {{space: string, against: string, compared?: "given"|"original"|"decoded", neighbours: Neighbour[],
 *   votes: number[]}} NearList what lies nearest in one space; `compared` is the picture in pixel space
 * @typedef {NearList & {beside: Object<string, NearList>, metric: string, density: Density}} Nearest
 * @typedef {{picture: string, reconstruction: string, latent: number[], position: number[], mse: number,
 *   error_percentile: number|null, density: Density, width: number, height: number,
 *   nearest: {latent: Neighbour[], pixel: Neighbour[], shared: number, against: string}}} Encoded an uploaded picture's
 */

/**
 * `at`: on which step each stop is; `percentiles`: of held-out images in denser places than each step; `strip`: a
 * picture of each step, in a row, as a data URL.
 * @typedef {{kind: string, at: number[], latents: number[][], points: number[][], percentiles: number[],
 *   strip: string}} Way
 */

/**
 * A layer of a network. `values` are the first 3,072 at most that it hands on, as bytes in base64, of which 0 is `low`
 * and 255 is `high`.
 * @typedef {{half: "encoder"|"latent"|"decoder", kind: string, after: string[], shape: number[], parameters: number,
 *   values: string, low: number, high: number}} Layer
 * @typedef {{pixels: Uint8Array, pca: Uint8Array|null, latents: number[][], points: number[][]}} Passed pictures
 *   (k, 32, 32, 3), what PCA makes of the same, and where each lay on its way
 */

/**
 * scale · p turn + shift brings one model's points nearest to another's; `disparity`: what remains, 0 to 1.
 * @typedef {{turn: number[][], scale: number, shift: number[], disparity: number}} Alignment
 */

export class Api {
  /** @param {string} base the app's root URL, ending in a slash @param {string} model */
  constructor(base, model) {
    this.base = base;
    this.root = new URL(`api/models/${encodeURIComponent(model)}`, base).href;
    this.kind = "image";
    this.version = "";
    /** @type {Map<string, Promise<*>>} */
    this.answers = new Map();
  }

  /** @returns {Promise<Card>} ask for it first: its version lets the browser keep everything else */
  async model() {
    const card = await json(this.root);
    this.kind = card.has_images ? "image" : "reconstruction";
    this.version = card.version;
    return card;
  }

  /**
   * @param {(bytes: number) => void} tell how many are here
   * @returns {Promise<Float32Array>} positions, (n, 3) row by row
   */
  async points(tell) {
    return new Float32Array(await received(await ask(`${this.root}/points?v=${this.version}`), tell));
  }

  /** @returns {Promise<Uint8Array>} class of each sample */
  async labels() {
    return new Uint8Array(await (await ask(`${this.root}/labels?v=${this.version}`)).arrayBuffer());
  }

  /**
   * Calls a latent axis so for everyone.
   * @param {string} weights of the model that the person looks at @param {number} axis @param {string} name or empty
   * @returns {Promise<{names: string[]}>} of all axes
   */
  nameAxis(weights, axis, name) {
    return json(`${this.root}/axes`, { ...posted({ weights, axis, name }), keepalive: true });
  }

  /** @returns {Promise<Float32Array>} (3, n) row by row: squared error or NaN, density percentile, misfit */
  async measures() {
    return new Float32Array(await (await ask(`${this.root}/measures?v=${this.version}`)).arrayBuffer());
  }

  /** @returns {Promise<{percentile: number, slices: number[][][][]}>} lines around dense places, by slice */
  contours() {
    return json(`${this.root}/contours?v=${this.version}`);
  }

  /**
   * @param {number} index
   * @returns {Promise<{index: number, label: number, latent: number[], position: number[], mse: number|null,
   *   error_percentile: number|null}>}
   */
  sample(index) {
    return json(`${this.root}/samples/${index}`);
  }

  /**
   * @param {ArrayLike<number>} z latent
   * @param {{k: number, metric: string, spaces: string[], without: number|null, original: number|null}} asked the first
   *   of `spaces` is that of the answer itself; `without`, a sample, is left out; the picture of sample `original` is
   *   compared in pixel space, or else the decoded one
   * @param {Uint8Array<ArrayBuffer>|null} [picture] 32 x 32 RGB pixels to be compared in place of either
   * @returns {Promise<Nearest>} the same answer to the same question
   */
  nearest(z, { k, metric, spaces, without, original }, picture = null) {
    const numbers = Array.from(z, (value) => Number(value.toPrecision(6)));
    const given = Object.entries({ without, original }).filter(([, value]) => value !== null);
    const rest = given.map(([name, value]) => `&${name}=${value}`).join("");
    const wanted = `k=${k}&space=${spaces.join(",")}&metric=${metric}${rest}`;
    const url = `${this.root}/nearest?z=${numbers.join(",")}&${wanted}`;
    if (!picture) return this.remembered(url, () => json(url));
    return this.remembered(`${url} ${picture}`, () => json(url, bytes(picture)));
  }

  /** @param {string} question @param {() => Promise<*>} ask */
  remembered(question, ask) {
    const known = this.answers.get(question);
    if (known) return known;
    const fresh = ask();
    fresh.catch(() => this.answers.delete(question));
    this.answers.set(question, fresh);
    if (this.answers.size > REMEMBERED) this.answers.delete(this.answers.keys().next().value);
    return fresh;
  }

  /**
   * What PCA keeps of a sample in d numbers; the first who asks waits until it is fitted.
   * @param {number} index @param {AbortSignal} signal
   * @returns {Promise<{dims: number[], errors: number[], mse: number[], train: number, test: number, strip: string}>}
   */
  compression(index, signal) {
    return json(`${this.root}/compression?i=${index}`, { signal });
  }

  /** @param {object} body stops, kind and steps @returns {Promise<Way>} */
  walk(body) {
    return json(`${this.root}/walk`, posted(body));
  }

  /**
   * @param {string} format gif or mp4 @param {object} body as for `walk` @param {boolean} dark @param {string} language
   * @param {AbortSignal} signal @returns {Promise<Blob>}
   */
  async walkFilm(format, body, dark, language, signal) {
    const query = new URLSearchParams({ theme: dark ? "dark" : "light", lang: language });
    return (await ask(`${this.root}/walk.${format}?${query}`, { ...posted(body), signal })).blob();
  }

  /**
   * @param {Blob} file
   * @param {{left: number, top: number, side: number}|null} crop fractions, or null for the centred square
   * @param {number} k neighbours wanted
   * @returns {Promise<Encoded>}
   */
  encode(file, crop, k) {
    const query = new URLSearchParams({ k: String(k) });
    for (const [name, value] of Object.entries(crop ?? {})) query.set(name, value.toFixed(8));
    return json(`${this.root}/encode?${query}`, {
      method: "POST", body: file, headers: { "Content-Type": file.type || "application/octet-stream" },
    });
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} picture 32 x 32 RGB pixels
   * @returns {Promise<Layer[]>} in the order in which the picture passes them
   */
  async layers(picture) {
    return (await json(`${this.root}/layers`, bytes(picture))).layers;
  }

  /** @param {Uint8Array<ArrayBuffer>} pictures (k, 32, 32, 3), at most 16 @returns {Promise<Passed>} */
  async reconstruct(pictures) {
    const answer = await json(`${this.root}/reconstruct`, bytes(pictures));
    return { ...answer, pixels: unpacked(answer.pixels), pca: answer.pca && unpacked(answer.pca) };
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} pixels 32 x 32 RGB, encoded as they are
   * @returns {Promise<{latent: number[], position: number[], mse: number, error_percentile: number|null,
   *   reconstruction: string}>}
   */
  place(pixels) {
    return json(`${this.root}/place`, bytes(pixels));
  }

  /** @param {string} other model @returns {Promise<Alignment>} that brings this model's points onto the other's */
  alignment(other) {
    return json(`${this.root}/alignment?to=${encodeURIComponent(other)}`);
  }

  /** @param {number} index @returns {string} the original, or the reconstruction where no originals are at hand */
  imageUrl(index) {
    return this.kind === "image" ? `${this.root}/images/${index}.png?v=${this.version}` : this.reconstructionUrl(index);
  }

  /** @param {number} index @returns {string} what the decoder makes of the sample */
  reconstructionUrl(index) {
    return `${this.root}/reconstructions/${index}.png?v=${this.version}`;
  }

  /** @returns {Promise<ModelEntry[]>} every model that there is */
  models() {
    return json(new URL("api/models", this.base).href);
  }

  /** @returns {Promise<{name: string, title: Object<string, string>}[]>} the data sets */
  datasets() {
    return json(new URL("api/datasets", this.base).href);
  }

  /** @param {string} model @returns {Api} the same calls for another model, its version not known */
  of(model) {
    return new Api(this.base, model);
  }

  /**
   * @param {ArrayLike<number>} indices at most 64 @param {string} [kind] image or reconstruction
   * @returns {string} one PNG, the pictures in a row
   */
  sheetUrl(indices, kind = this.kind) {
    return `${this.root}/sheet?i=${Array.from(indices).join(",")}&kind=${kind}&v=${this.version}`;
  }

  /** @returns {string} the WebSocket's address */
  decodeUrl() {
    return `${this.root.replace(/^http/, "ws")}/decode`;
  }

  /** @param {string} name @returns {Promise<import("../explore/dataset.js").State>} of a data set */
  dataset(name) {
    return json(this.datasetUrl(name));
  }

  /**
   * Starts or stops the download of a data set; `dataset` tells how far it is.
   * @param {string} name @param {"download"|"stop"} what
   */
  steerDownload(name, what) {
    return json(`${this.datasetUrl(name)}/${what}`, { method: "POST" });
  }

  /** @param {string} name */
  datasetUrl(name) {
    return new URL(`api/datasets/${name}`, this.base).href;
  }
}

/** @param {string} packed bytes in base64 */
export function unpacked(packed) {
  return Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
}

/** @param {Card} card @returns {string} names what the model has learnt */
export function weightsOf({ version }) {
  return version.split("-")[0];
}
