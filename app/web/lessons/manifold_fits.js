/**
 * What each method recovers of tau: asked of the server one after another, drawn as small pictures coloured by the true
 * tau, with how well it agrees. A press on one colours the cloud by what it says.
 */

import { ApiError, ask } from "../core/ask.js";
import { h } from "../core/dom.js";
import { reading } from "./manifold_numbers.js";

export const METHODS = ["pca", "isomap", "lle", "autoencoder"];
const RIM = 0.06; // of a picture's width, left free
const DOT = 1.6; // pixels
const TICK = 100; // milliseconds
const FULL = ["request.all_work", "request.own_work", "request.often"]; // there is no place in the queue just now
const PAUSE = [2000, 5000]; // milliseconds until the next try, drawn at random: a class must not come back as one
const PLACED = 300; // milliseconds after which a try that was not refused has a place

/**
 * @typedef {import("./manifold_numbers.js").Sample} Sample
 * @typedef {{recovered: Float32Array, r: number[], read: Float64Array, seconds: number}} Fit R of each true number; the
 *   reading of the first; how long it took
 */

/**
 * Where many others compute, it waits for a place.
 * @param {string} base of the API @param {string} method @param {Sample} sample @param {AbortSignal} signal
 * @param {{wait: () => void, go: () => void}} told there is no place yet; there is one now
 * @returns {Promise<Fit>}
 */
export async function fitted(base, method, { points, m, d, tau }, signal, told) {
  let start = performance.now();
  const url = new URL(`api/lessons/manifold?method=${method}&m=${m}&d=${d}`, base).href;
  const body = /** @type {Float32Array<ArrayBuffer>} */ (points);
  const headers = { "Content-Type": "application/octet-stream" };
  const options = { method: "POST", body, headers, signal };
  const again = () => { start = performance.now(); };
  const recovered = new Float32Array(await (await patiently(url, options, { ...told, again })).arrayBuffer());
  const found = tau.map((each) => reading(each, recovered, d));
  const seconds = (performance.now() - start) / 1000;
  return { recovered, r: found.map(({ r }) => r), read: found[0].read, seconds };
}

/**
 * @param {string} url @param {RequestInit} options
 * @param {{wait: () => void, again: () => void, go: () => void}} told there is no place; it is asked for again; it was
 *   got then
 * @returns {Promise<Response>} @throws {ApiError}
 */
async function patiently(url, options, { wait, again, go }) {
  let placed = 0;
  for (;;) {
    try {
      return await ask(url, options);
    } catch (error) {
      if (!(error instanceof ApiError) || !FULL.includes(error.id) || options.signal.aborted) throw error;
    } finally {
      clearTimeout(placed);
    }
    wait();
    await new Promise((done) => { setTimeout(done, PAUSE[0] + Math.random() * (PAUSE[1] - PAUSE[0])); });
    again();
    placed = window.setTimeout(go, PLACED);
  }
}

export class FitCards {
  /**
   * @param {import("../learn/contents.js").LessonContext} context
   * @param {{colours: string[], labelsOf: (values: ArrayLike<number>) => Uint8Array,
   *   chosen: (method: string|null) => void}} options
   */
  constructor({ t }, { colours, labelsOf, chosen }) {
    this.t = t;
    this.colours = colours;
    this.labelsOf = labelsOf;
    this.chosen = chosen;
    this.cards = Object.fromEntries(METHODS.map((method) => [method, this.card(method)]));
    this.element = h("div", { class: "mx-fits", role: "group", "aria-label": t("manifold.recovered") },
      ...METHODS.map((method) => this.cards[method].element));
    this.clear();
  }

  /** @param {string} method */
  card(method) {
    const canvas = h("canvas", { class: "mx-fit-picture", "aria-hidden": "true" });
    const said = h("span", { class: "mx-fit-said" });
    const time = h("span", {});
    const element = h("button", {
      class: "mx-fit", type: "button", "aria-pressed": "false", "data-testid": `fit-${method}`,
      title: this.t("manifold.fit.help"), onclick: () => this.press(method),
    }, h("span", { class: "mx-fit-head" }, h("b", {}, this.t(`manifold.method.${method}`)), time), canvas, said);
    return { element, canvas, said, time };
  }

  /** Nothing is recovered. */
  clear() {
    /** @type {Object<string, Fit>} */
    this.fits = {};
    this.rest();
    for (const method of METHODS) {
      const { element, canvas, said, time } = this.cards[method];
      time.textContent = "";
      element.disabled = true;
      canvas.width = canvas.height = 0;
      said.textContent = this.t("manifold.unfitted");
    }
    this.press(null);
  }

  /** @param {string} method that is computed now: the time runs */
  begin(method) {
    const start = performance.now();
    const { said } = this.cards[method];
    this.current = method;
    const tick = () => {
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      said.textContent = this.t("manifold.fitting", { seconds, usual: this.t(`manifold.usual.${method}`) });
    };
    tick();
    this.clock = setInterval(tick, TICK);
  }

  /** There is no place in the queue yet. @param {string} method */
  wait(method) {
    clearInterval(this.clock);
    this.cards[method].said.textContent = this.t("manifold.waiting");
  }

  /** Nothing is computed any more. */
  rest() {
    clearInterval(this.clock);
    if (this.current) this.cards[this.current].said.textContent = this.t("manifold.unfitted");
    this.current = null;
  }

  /** @param {string} method @param {Fit} fit @param {Sample} sample */
  show(method, fit, sample) {
    this.rest();
    this.fits[method] = fit;
    const { element, said, time } = this.cards[method];
    element.disabled = false;
    element.dataset.r = fit.r.map((r) => r.toFixed(3)).join(" ");
    const r = fit.r.map((value, at) => `R${sample.d > 1 ? "₁₂"[at] : ""} = ${value.toFixed(2)}`).join(", ");
    said.textContent = r;
    time.textContent = this.t("manifold.seconds", { seconds: fit.seconds.toFixed(1) });
    this.draw(method, fit, sample);
  }

  /** Recovered against true for one number, else the two recovered ones. */
  draw(method, { recovered }, { n, d, tau }) {
    const { canvas } = this.cards[method];
    const unit = Math.min(2, window.devicePixelRatio || 1);
    canvas.width = Math.round(canvas.clientWidth * unit);
    canvas.height = Math.round(canvas.clientHeight * unit);
    const pen = canvas.getContext("2d");
    const own = (axis) => Float32Array.from({ length: n }, (_, at) => recovered[d * at + axis]);
    const [x, y] = d === 1 ? [tau[0], own(0)] : [own(0), own(1)];
    const [across, down] = [placer(x, canvas.width), placer(y, canvas.height)];
    const labels = this.labelsOf(tau[0]);
    const dot = DOT * unit;
    for (let at = 0; at < n; at += 1) {
      pen.fillStyle = this.colours[labels[at]];
      pen.fillRect(across(x[at]) - dot / 2, canvas.height - down(y[at]) - dot / 2, dot, dot);
    }
  }

  /** @param {string|null} method that colours the cloud; again, or null: the true tau does */
  press(method) {
    this.pressed = method === this.pressed ? null : method;
    for (const name of METHODS) this.cards[name].element.setAttribute("aria-pressed", String(name === this.pressed));
    this.chosen(this.pressed);
  }

  dispose() {
    this.rest();
  }
}

/** @param {Float32Array} values @param {number} size pixels @returns {(value: number) => number} */
function placer(values, size) {
  const low = values.reduce((a, b) => Math.min(a, b)), high = values.reduce((a, b) => Math.max(a, b));
  return (value) => size * (RIM + (1 - 2 * RIM) * (high > low ? (value - low) / (high - low) : 0.5));
}
