/**
 * The denoising autoencoder: noise by hand, what a plain autoencoder, a denoising one and PCA make of it, how near each
 * comes to the clean picture, and the way back to the manifold.
 */

import { Api } from "../core/api.js";
import { h } from "../core/dom.js";
import { newestWins } from "../core/newest.js";
import { Chart } from "../learn/chart.js";
import { paintPicture, smallCanvas } from "../learn/heat.js";
import { choice, slider } from "../learn/inputs.js";
import { PictureChoice } from "../learn/picture_choice.js";
import { Brush } from "./denoising_brush.js";
import { Manifold } from "./denoising_manifold.js";
import { distance, draws, greatest, joined, KINDS, parted, psnr, spoil } from "./denoising_numbers.js";

export const formula = `
  <msup><mi>θ</mi><mo>*</mo></msup><mo>=</mo>
  <munder><mrow><mi>arg</mi><mspace width="0.2em"/><mi>min</mi></mrow><mi>θ</mi></munder>
  <munder><mo>∑</mo><mi>x</mi></munder>
  <msubsup><mrow><mo>‖</mo><msub><mi>f</mi><mi>θ</mi></msub><mo stretchy="false">(</mo>
    <mover><mi>x</mi><mo>~</mo></mover><mo stretchy="false">)</mo><mo>−</mo><mi>x</mi><mo>‖</mo></mrow>
    <mn>2</mn><mn>2</mn></msubsup>`;
export const symbols = [
  ["noisy", "<mover><mi>x</mi><mo>~</mo></mover><mo>=</mo><mi>x</mi><mo>+</mo><mi>σ</mi><mi>ε</mi>"],
  ["x", "<mi>x</mi>"],
  ["sigma", "<mi>σ</mi><mo>,</mo><mi>ε</mi>"],
  ["f", "<msub><mi>f</mi><mi>θ</mi></msub>"],
];
export const choices = ["denoising", "pca", "noisy"];

const MODEL = "denoising", PLAIN = "latent-64";
const METHODS = ["plain", "denoising", "pca"];
const STRENGTHS = Array.from({ length: 11 }, (_, at) => at / 20);
const ASKED = { kind: "gaussian", strength: 0.2 };
const PAUSE = 150; // ms between two requests while a hand moves
const SEED = 8;
const NOWHERE = new Uint8Array(1024); // a brush has been

/** @type {import("../learn/contents.js").LessonModule["mount"]} */
export function mount(figure, context) {
  const lesson = new Lesson(figure, context);
  return {
    demonstrate: () => lesson.demonstrate(),
    recolour: () => { lesson.chart.draw(); lesson.manifold.recolour(); },
    dispose: () => lesson.dispose(),
  };
}

class Lesson {
  /** @param {HTMLElement} figure @param {import("../learn/contents.js").LessonContext} context */
  constructor(figure, context) {
    const { t, base } = context;
    this.context = context;
    this.api = new Api(base, MODEL);
    this.plain = this.api.of(PLAIN);
    this.draws = draws(SEED);
    this.kind = ASKED.kind;
    this.strength = 0.1;
    this.requests = newestWins(() => this.restore(), PAUSE);
    this.pictures = new PictureChoice(context, (chosen) => this.begin(chosen));
    this.brush = new Brush(t("denoising.brush"), () => this.spoil(true));
    this.problem = h("p", { class: "mx-note mx-note-problem", role: "alert" });
    this.fair = h("p", { class: "mx-note" });
    figure.classList.add("mx-lesson-long");
    figure.append(this.pictures.element, this.problem, this.controls(), this.row());
    const below = h("div", { class: "mx-columns" });
    figure.append(below);
    this.chart = new Chart(below, {
      title: t("denoising.curve"), x: { title: t("denoising.strength"), range: [0, 0.5] },
      y: { title: t("denoising.psnr"), range: [5, 40] },
    }, context);
    this.manifold = new Manifold(context);
    below.append(this.manifold.element);
    this.load().catch((error) => this.tell(error));
  }

  controls() {
    const { t } = this.context;
    this.kinds = choice({
      name: "noise", label: t("denoising.noise"), options: KINDS.map((kind) => [kind, t(`denoising.noise.${kind}`)]),
      value: this.kind, onChange: (kind) => { this.kind = kind; this.spoil(true); },
    });
    this.slider = slider({
      name: "strength", label: t("denoising.strength"), min: 0, max: 0.5, step: 0.01, value: this.strength,
      said: (value) => value.toFixed(2), onInput: (value) => { this.strength = value; this.spoil(false); },
    });
    const mend = h("button", {
      class: "mx-button", type: "button", "data-testid": "mend",
      onclick: () => { this.brush.clear(); this.spoil(true); },
    }, t("denoising.mend"));
    return h("div", { class: "mx-noise" }, this.kinds.element, this.slider.element, mend);
  }

  /** Clean, noisy, and what each makes of it, with the PSNR below. */
  row() {
    const { t } = this.context;
    const clean = smallCanvas(t("denoising.clean"));
    this.canvases = Object.fromEntries(METHODS.map((name) => [name, smallCanvas(t(`denoising.${name}`))]));
    const shown = { clean, noisy: this.brush.element, ...this.canvases };
    this.canvases.clean = clean;
    this.numbers = {};
    return h("div", {}, h("div", { class: "mx-restored" }, ...Object.entries(shown).map(([name, picture]) => {
      this.numbers[name] = h("span", { class: "mx-restored-number", "data-testid": `psnr-${name}` });
      const caption = h("figcaption", {}, t(name === "noisy" ? "denoising.rub" : `denoising.${name}`));
      return h("figure", { class: "mx-restored-one" }, caption, picture, this.numbers[name]);
    })), this.fair);
  }

  async load() {
    const card = await this.api.model();
    await this.pictures.of(card);
    const [points, labels] = await Promise.all([this.api.points(() => {}), this.api.labels()]);
    if (!this.gone) this.manifold.begin(card, points, labels);
  }

  /** @param {import("../learn/picture_choice.js").Chosen} chosen */
  begin(chosen) {
    const { t } = this.context;
    this.clean = chosen.pixels;
    this.brush.clear();
    paintPicture(this.canvases.clean, this.clean);
    this.fair.textContent = chosen.source === "standin" ? t("denoising.fair") : t("denoising.sizes");
    this.spoil(true);
  }

  /** The picture with its noise, at once; what is made of it follows. @param {boolean} anew the curve changes too */
  spoil(anew) {
    if (!this.clean) return;
    this.stale ||= anew;
    this.noisy = this.spoilt(this.strength);
    this.brush.draw(this.noisy);
    this.numbers.noisy.textContent = this.inPrint(psnr(this.noisy, this.clean));
    this.requests.ask(null);
  }

  /** @param {number} strength */
  spoilt(strength) {
    return spoil(this.clean, this.kind, strength, this.brush.rubbed, this.draws);
  }

  /** Asks for what is made of the noisy picture and, where that has changed, of each strength. */
  async restore() {
    const { clean, noisy, strength, kind, stale } = this;
    const rubbed = this.brush.used;
    this.stale = false;
    const pictures = [noisy, ...(stale ? [clean, ...STRENGTHS.map((each) => this.spoilt(each))] : [])];
    try {
      const sent = joined(pictures);
      const [made, plain] = await Promise.all([this.api.reconstruct(sent), this.plain.reconstruct(sent)]);
      if (this.gone || clean !== this.clean) return;
      const of = { plain: parted(plain.pixels), denoising: parted(made.pixels), pca: parted(made.pca) };
      if (stale) this.curve(pictures, of, made.points);
      this.compare(noisy, of, strength);
      this.climb(pictures[0], of.denoising[0], made.points[0]);
      this.problem.textContent = "";
      if (kind === ASKED.kind && strength === ASKED.strength && !rubbed) await this.answer();
    } catch (error) {
      this.stale ||= stale;
      this.tell(error);
    }
  }

  /**
   * PSNR over the strength, and the way of the picture off the manifold.
   * @param {Uint8Array[]} pictures noisy, clean, and one of each strength
   * @param {Object<string, Uint8Array[]>} of what each method makes of them @param {number[][]} points in the view
   */
  curve(pictures, of, points) {
    const each = STRENGTHS.map((_, at) => at + 2);
    const line = (/** @type {Uint8Array[]} */ made) => each.map((at) => psnr(made[at], this.clean));
    this.lines = { noisy: line(pictures), ...Object.fromEntries(METHODS.map((name) => [name, line(of[name])])) };
    this.heights = pictures.map((picture, at) => [...points[at].slice(0, 2), distance(picture, of.denoising[at])]);
  }

  /** @param {Uint8Array} noisy @param {Object<string, Uint8Array[]>} of each method, that of the noisy picture first */
  compare(noisy, of, strength) {
    this.psnr = { noisy: psnr(noisy, this.clean) };
    for (const name of METHODS) {
      paintPicture(this.canvases[name], of[name][0]);
      this.psnr[name] = psnr(of[name][0], this.clean);
      this.numbers[name].textContent = this.inPrint(this.psnr[name], this.psnr.noisy);
    }
    const { t } = this.context;
    const all = Object.values(this.lines).flat().filter(Number.isFinite);
    const range = /** @type {[number, number]} */ ([Math.min(...all) - 1, Math.max(...all) + 1]);
    const lines = Object.entries(this.lines).map(([name, y]) => {
      const finite = y.map((value) => (Number.isFinite(value) ? value : NaN));
      return { name: t(`denoising.${name}`), x: STRENGTHS, y: finite, dash: name === "pca" ? "dash" : "solid" };
    });
    const here = { name: t("denoising.here"), x: [strength, strength], y: range, dash: "dot", colour: "#888" };
    this.chart.show([...lines, here], { y: { range } });
  }

  /** @param {Uint8Array} noisy @param {Uint8Array} drawn for it @param {number[]} point of both in the view */
  climb(noisy, drawn, [x, y]) {
    const [, clean, ...way] = this.heights;
    this.manifold.show({ noisy: [x, y, distance(noisy, drawn)], drawn: [x, y, 0], clean, way });
  }

  /** The same over all the pictures to choose from: one alone may be an exception. */
  async answer() {
    const clean = await this.pictures.all();
    const noisy = clean.map((each) => spoil(each, ASKED.kind, ASKED.strength, NOWHERE, this.draws));
    const { pixels, pca } = await this.api.reconstruct(joined(noisy));
    const each = { denoising: parted(pixels), pca: parted(pca), noisy };
    const mean = (/** @type {Uint8Array[]} */ made) =>
      made.reduce((sum, picture, at) => sum + psnr(picture, clean[at]), 0) / made.length;
    const found = Object.fromEntries(Object.entries(each).map(([name, made]) => [name, mean(made)]));
    const gain = (/** @type {string} */ name) => (found[name] - found.noisy).toFixed(2);
    const gains = { denoising: gain("denoising"), pca: gain("pca") };
    if (this.gone) return;
    this.context.observed(greatest(found), { count: clean.length, noisy: found.noisy.toFixed(2), ...gains });
  }

  /** @param {number} value dB @param {number} [before] of the noisy picture: the gain is told too */
  inPrint(value, before) {
    if (!Number.isFinite(value)) return this.context.t("denoising.same");
    const gain = value - before;
    const told = Number.isFinite(gain) ? ` (${gain < 0 ? "−" : "+"}${Math.abs(gain).toFixed(1)})` : "";
    return `${value.toFixed(1)} dB${told}`;
  }

  /** @param {*} error of a request */
  tell(error) {
    this.problem.textContent = error.status ? error.message : this.context.t("upload.offline");
  }

  /** As the question asks: Gaussian noise, nothing rubbed out, strength 0.2. */
  demonstrate() {
    this.brush.clear();
    this.kinds.set(ASKED.kind);
    this.slider.set(ASKED.strength);
  }

  dispose() {
    this.gone = true;
    this.requests.stop();
    this.chart.dispose();
    this.manifold.dispose();
  }
}
