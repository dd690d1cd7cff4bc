/**
 * What manifold learning is for: one picture kept in d numbers by PCA and by the models that ship, how much smaller and
 * how much worse that is, and the three numbers as a cloud to look at and to choose the picture from.
 */

import { Api } from "../core/api.js";
import { h, icon } from "../core/dom.js";
import { readTheme } from "../core/theme.js";
import { Chart } from "../learn/chart.js";
import { choice, slider } from "../learn/inputs.js";
import { Rings } from "../view/layers.js";
import { View } from "../view/view.js";
import { curve, meanError, packed, psnr, ratioInPrint } from "./purpose_numbers.js";
import { awaited, cut, Tiles } from "./purpose_tiles.js";

export const formula = `
  <mtable columnalign="left" displaystyle="true"><mtr><mtd>
    <mtext>ratio</mtext><mo>=</mo><mfrac><mn>3072</mn><mrow><mn>4</mn><mi>d</mi></mrow></mfrac>
  </mtd></mtr><mtr><mtd>
    <mtext>PSNR</mtext><mo>=</mo><mn>10</mn><msub><mi>log</mi><mn>10</mn></msub><mspace width="0.3em"/>
    <mfrac><mn>1</mn><mtext>MSE</mtext></mfrac>
  </mtd></mtr></mtable>`;
export const symbols = [
  ["d", "<mi>d</mi>"],
  ["ratio", "<mtext>ratio</mtext>"],
  ["mse", "<mtext>MSE</mtext>"],
  ["psnr", "<mtext>PSNR</mtext>"],
];
export const choices = ["autoencoder", "pca", "equal"];

const FAMILIES = { digits: ["digits"], cifar10: ["default", "beta-vae", "denoising", "latent-64"] };
const DIMS = [1, 2, 3, 8, 10, 16, 32, 64, 128];
const NEXT_TO_8 = 10; // its number would stand on that of 8
const ASKED = 3;
const FIRST = 16;
const EQUAL = 0.05; // relative difference up to which two errors count as equal
const BEST = 45; // decibels, where the chart ends

/**
 * A model and its error on the test set.
 * @typedef {{api: Api, card: import("../core/api.js").Card, mse: number|null}} Known null: it is being measured
 */

/** @type {import("../learn/contents.js").LessonModule["mount"]} */
export function mount(figure, context) {
  return new Purpose(figure, context);
}

class Purpose {
  /** @param {HTMLElement} figure @param {import("../learn/contents.js").LessonContext} context */
  constructor(figure, context) {
    const { t } = context;
    this.d = FIRST;
    this.index = 0;
    this.figure = figure;
    this.context = context;
    this.family = "digits";
    this.sets = choice({
      name: "set", label: t("purpose.set"), value: this.family,
      options: Object.keys(FAMILIES).map((name) => [name, t(`purpose.set.${name}`)]),
      onChange: (family) => this.open(family),
    });
    this.slider = slider({
      name: "d", label: t("purpose.d"), min: 0, max: DIMS.length - 1, value: DIMS.indexOf(FIRST),
      said: (at) => String(DIMS[at]), onInput: (at) => this.choose(DIMS[at]),
    });
    const button = (name, shape, press) => h("button", {
      class: "mx-button mx-button-icon", type: "button", title: t(`purpose.${name}`), "data-testid": name,
      "aria-label": t(`purpose.${name}`), onclick: press,
    }, shape);
    this.said = h("p", { class: "mx-lesson-said", role: "status", "data-testid": "said" });
    this.tiles = new Tiles(context, (d) => this.slider.set(DIMS.indexOf(d)));
    this.cloud = h("div", { class: "mx-purpose-view", role: "img", "aria-label": t("purpose.view") });
    this.facts = h("p", { class: "mx-purpose-facts", "data-testid": "facts" });
    const below = h("div", { class: "mx-purpose-below" });
    figure.append(
      h("div", { class: "mx-purpose-head" }, this.sets.element,
        button("next", "→", () => this.pick((this.index + 1) % this.count)),
        button("surprise", icon("dice"), () => this.pick(Math.floor(Math.random() * this.count)))),
      this.slider.element, this.said, this.tiles.element, below);
    this.chart = new Chart(below, {
      title: t("purpose.chart"), x: { title: t("purpose.d"), log: true, range: [0.9, 140] },
      y: { title: "PSNR (dB)", range: [8, BEST] },
    }, context);
    below.append(h("div", { class: "mx-purpose-seen" },
      h("b", {}, t("purpose.seen")), this.cloud, this.facts));
    this.open(this.family);
  }

  get count() {
    return this.models?.[0].card.n ?? 1;
  }

  /** @param {string} family of models that know the same pictures */
  async open(family) {
    const mine = (this.opening = Symbol(family));
    this.family = family;
    this.models = this.pca = this.linear = this.refused = null;
    this.asking?.abort();
    this.asking = new AbortController(); // a fit that nobody waits for is given up: other pictures share it
    this.said.textContent = this.context.t("purpose.loading");
    try {
      const models = await Promise.all(FAMILIES[family].map((name) => this.load(name)));
      const [{ api }] = models;
      const [points, labels] = await Promise.all([api.points(() => {}), api.labels()]);
      if (mine !== this.opening) return;
      this.models = models;
      this.build(points, labels);
      this.tell();
      await this.pick(models[0].card.start);
      await this.measure(models);
    } catch (error) {
      if (mine === this.opening) this.said.textContent = /** @type {Error} */ (error).message;
    }
  }

  /** @param {string} name @returns {Promise<Known>} with the error of its card where no images are at hand */
  async load(name) {
    const api = new Api(this.context.base, name);
    const card = await api.model();
    return { api, card, mse: card.has_images ? null : card.metrics.test_mse };
  }

  /** One model after another: of many pictures that takes a while. @param {Known[]} models */
  async measure(models) {
    for (const model of models) {
      if (models !== this.models || model.mse !== null) return;
      model.mse = meanError(await model.api.measures(), model.card.n);
      if (models === this.models) this.tell();
    }
  }

  /** @param {Float32Array} points @param {Uint8Array} labels */
  build(points, labels) {
    this.view?.dispose();
    const { card } = this.models[0];
    this.view = new View(this.cloud, {
      points, labels, limits: card.ranges, theme: this.context.theme(), palette: this.context.palette,
    });
    this.view.add(new Rings(() => [points.subarray(3 * this.index, 3 * this.index + 3)]));
    this.view.addEventListener("pick", (event) => {
      const { index } = /** @type {CustomEvent} */ (event).detail;
      if (index >= 0) this.pick(index);
    });
    const { knn_accuracy: ours, pca_knn_accuracy: theirs } = card.metrics;
    this.facts.textContent = this.context.t("purpose.facts", {
      ours: Math.round(100 * ours), theirs: Math.round(100 * theirs), chance: Math.round(100 / card.classes.length),
    });
  }

  /** @param {number} index of the sample whose picture is shown */
  async pick(index) {
    if (!this.models) return;
    const { t } = this.context;
    const mine = (this.picking = Symbol(String(index)));
    const { models } = this;
    this.index = index;
    this.view.layers.draw();
    const [{ api, card }] = models;
    this.tiles.element.classList.toggle("mx-kept-both", card.has_images);
    const shape = card.original_shape.filter((side) => side > 1).join(" × ");
    const finest = card.finer ? api.of(card.finer.name) : api;
    this.tiles.setOriginal(
      card.has_images ? api.imageUrl(index) : finest.reconstructionUrl(index),
      t(card.has_images ? "purpose.original" : "purpose.stands_in", {
        index, d: card.finer?.latent_dim ?? card.latent_dim, shape,
      }));
    const samples = await Promise.all(models.map((model) => model.api.sample(index))).catch((error) => {
      if (mine === this.picking) this.said.textContent = error.message;
      return null;
    });
    if (mine !== this.picking) return;
    if (!samples) return this.tiles.show([]);
    const own = models.map((model, at) => ({
      name: t("purpose.autoencoder"), d: model.card.latent_dim, src: model.api.reconstructionUrl(index),
      mse: samples[at].mse,
    }));
    this.own = { name: "autoencoder", words: t("purpose.autoencoder"), tiles: own };
    if (!card.has_images) return this.tiles.show([this.own]);
    this.linear = null; // that of the picture before
    this.tiles.show([awaited(DIMS), this.own]);
    await this.byPca(api, index, mine);
  }

  /** @param {Api} api @param {number} index @param {symbol} mine */
  async byPca(api, index, mine) {
    const { t } = this.context;
    try {
      const pca = await api.compression(index, this.asking.signal);
      const pictures = await cut(pca.strip, pca.dims.length);
      if (mine !== this.picking) return;
      const tiles = pca.dims.map((d, at) => ({ name: "PCA", d, src: pictures[at], mse: pca.errors[at] }));
      this.linear = { name: "pca", words: "PCA", tiles };
      this.pca = pca;
      this.refused = null;
      this.tiles.show([this.linear, this.own]);
      this.tell();
    } catch (error) {
      if (mine !== this.picking) return;
      this.refused = /** @type {Error} */ (error).message;
      this.tiles.show([this.own]);
      this.tell();
    }
  }

  /** @param {number} d */
  choose(d) {
    this.d = d;
    this.tiles.mark(d);
    this.tell();
  }

  /** Errors of PCA by d: computed on this machine, or those of the models' cards. @returns {[number, number][]} */
  get linearErrors() {
    if (this.pca) return this.pca.dims.map((d, at) => [d, this.pca.mse[at]]);
    return this.models.map(({ card }) => [card.latent_dim, card.metrics.pca_mse]);
  }

  tell() {
    if (!this.models) return;
    const { t, observed } = this.context;
    const { d, linearErrors } = this;
    const own = this.models.map(({ card, mse }) => /** @type {[number, number|null]} */ ([card.latent_dim, mse]));
    this.chart.show(
      [{ ...curve("PCA", linearErrors), joined: true }, curve(t("purpose.autoencoder"), own)],
      { x: { values: DIMS.filter((at) => at !== NEXT_TO_8).map((at) => [at, String(at)]) } });
    const [pca, model] = [linearErrors, own].map((errors) => errors.find(([at]) => at === d)?.[1]);
    const { bytes, ratio } = packed(d);
    const told = (mse) => (mse ? t("purpose.decibels", { db: psnr(mse).toFixed(1) })
      : t(mse === null ? "purpose.measuring" : "purpose.none"));
    this.said.textContent = [
      t("purpose.said", { d, bytes, ratio: ratioInPrint(ratio), pca: told(pca), model: told(model) }),
      !this.models[0].card.has_images && t("purpose.absent"),
      this.models[0].card.has_images && !this.pca && (this.refused ?? t("purpose.fitting")),
    ].filter(Boolean).join(" ");
    if (this.family !== "digits" || d !== ASKED || !this.pca || !model) return;
    const alike = Math.abs(pca - model) <= EQUAL * Math.max(pca, model);
    const better = alike ? "equal" : pca < model ? "pca" : "autoencoder";
    observed(better, { pca: pca.toFixed(4), model: model.toFixed(4), n: this.count });
  }

  demonstrate() {
    if (this.family !== "digits") this.sets.set("digits");
    this.slider.set(DIMS.indexOf(ASKED));
  }

  recolour() {
    this.view?.setTheme(readTheme(this.figure));
    this.chart.draw();
  }

  dispose() {
    this.opening = this.picking = null;
    this.asking?.abort();
    this.view?.dispose();
    this.chart.dispose();
  }
}
