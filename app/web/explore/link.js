/**
 * The view as a link carries it. The address bar follows the scene by replacing its entry in the history, so that the
 * browser's back button leaves the page; no page script runs for it. `app/views/link.py` reads the same parameters when
 * a link is opened.
 */

import { replaceQuery } from "../core/link_options.js";

const PAUSE = 250;
const USUAL = { k: 12, near: "latent", metric: "euclidean" }; // a link does not say so

/**
 * @typedef {{p: number[]|null, anchor: number|null, z?: number[]|null, mean?: boolean,
 *   camera: import("../view/orbit.js").Pose|null, k: number, near: string, metric: string, compare?: string|null,
 *   pictures?: boolean, shown?: boolean[], dataset?: string}} View `z` is the latent of an uploaded picture from which
 *   the probe started, a sample being named by `anchor`; together with that, or with `mean` where it started from the
 *   mean of all, it is the probe's own, which lies beside the view; `compare` is the model that stands beside this one;
 *   `pictures`: whether the cloud has some; `shown` by class and
 *   `dataset`, in which the view was: a link does not carry them
 */

/** @param {ArrayLike<number>} numbers @param {number} digits */
const round = (numbers, digits) => Array.from(numbers, (value) => Number(value.toFixed(digits)));

/**
 * The view in a data set: samples and classes of another one mean nothing there.
 * @param {View} view @param {string} dataset @returns {View}
 */
export function within(view, dataset) {
  if (!view.dataset || view.dataset === dataset) return view;
  return { ...view, p: null, z: null, mean: false, anchor: null, compare: null, shown: undefined };
}

/**
 * @param {string} model @param {string} language @param {View} view
 * @returns {string} the query of a link that opens this view again
 */
export function linkOf(model, language, view) {
  const { p, anchor, z, mean, camera, k, near, metric, compare = null, pictures } = view;
  const coordinates = (part) => round(["x", "y", "z"].map((axis) => camera[part][axis]), 2);
  const seen = camera && ["eye", "center", "up"].flatMap(coordinates);
  const from = mean ? "mean" : anchor;
  const parameters = {
    model, lang: language, compare, k, near, metric, from, z: z && packed(z), p, cam: seen,
    pictures: pictures ? 1 : null,
  };
  const given = Object.entries(parameters).filter(([name, value]) => value !== null && value !== USUAL[name]);
  return given.map(([name, value]) => `${name}=${[value].flat().map(encodeURIComponent).join(",")}`).join("&");
}

/** @param {number[]} latent @returns {string} its float32, little-endian, in base64 as addresses write it */
function packed(latent) {
  const bytes = new Uint8Array(Float32Array.from(latent).buffer);
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Writes the link once the scene has come to rest. */
export class AddressBar {
  /** @param {() => string} read the link as it should be */
  constructor(read) {
    this.read = read;
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.now(), PAUSE);
  }

  now() {
    clearTimeout(this.timer);
    replaceQuery(this.read());
  }

  dispose() {
    clearTimeout(this.timer);
  }
}

/**
 * @param {import("./probe.js").Probe} probe
 * @param {import("../view/orbit.js").Pose|null} camera
 * @param {import("./feed.js").Choice} choice
 * @returns {View} `p` is rounded to what a short link carries, and null where the probe stands on the anchor that the
 *   link names
 */
export function snapshot(probe, camera, choice) {
  const { anchor, position } = probe;
  const home = position.every((value, axis) => Math.abs(value - anchor.position[axis]) < 5e-4);
  const said = probe.besideView() || (home && anchor.kind !== "mean");
  const from = { anchor: anchor.index, z: latentOf(probe), mean: fromMean(probe) };
  return { p: said ? null : round(position, 3), ...from, camera, ...choice };
}

/** @param {import("./probe.js").Probe} probe @returns {number[]|null} the latent that a link has to carry */
export function latentOf(probe) {
  if (probe.besideView()) return Array.from(probe.latent);
  return probe.anchor.kind === "upload" ? Array.from(probe.anchor.latent) : null;
}

/** @param {import("./probe.js").Probe} probe whether it started from the mean of all and lies beside the view */
export function fromMean(probe) {
  return probe.besideView() && probe.anchor.kind === "mean";
}

/**
 * Puts the probe where a link says.
 * @param {import("./probe.js").Probe} probe @param {View} view @param {number} start sample to begin with when the view
 *   names none
 */
export async function restore(probe, view, start) {
  const z = view.z?.length === probe.latent.length ? view.z : null;
  const beside = z && (view.mean || view.anchor !== null);
  if (view.anchor !== null) await probe.goToSample(view.anchor);
  else if (beside) probe.home();
  else if (z) probe.goToLatent(z, "upload");
  else if (!view.p) await probe.goToSample(start);
  if (beside) probe.moveToLatent(z);
  else if (view.p) probe.moveTo(view.p);
}
