/**
 * The autoencoder: the layers of a model as a diagram, a picture on its way through them, its errors with n = 1 and 2
 * and why these lead to the median and the mean, and what the number of latents does to the error.
 */

import { Api } from "../core/api.js";
import { h } from "../core/dom.js";
import { Chart } from "../learn/chart.js";
import { modelChoice } from "../learn/models.js";
import { PictureChoice } from "../learn/picture_choice.js";
import { Diagram } from "./autoencoder_diagram.js";
import { Errors } from "./autoencoder_errors.js";
import { Guess } from "./autoencoder_guess.js";
import { LayerValues } from "./autoencoder_layer.js";
import { around } from "./autoencoder_numbers.js";

export const formula = `
  <msup><mi>θ</mi><mo>*</mo></msup><mo>=</mo>
  <munder><mrow><mi>arg</mi><mspace width="0.2em"/><mi>min</mi></mrow><mi>θ</mi></munder>
  <munder><mo>∑</mo><mi>x</mi></munder>
  <msubsup><mrow><mo>‖</mo><msub><mi>f</mi><mi>θ</mi></msub><mo stretchy="false">(</mo><mi>x</mi>
    <mo stretchy="false">)</mo><mo>−</mo><mi>x</mi><mo>‖</mo></mrow><mi>n</mi><mi>n</mi></msubsup>`;
export const symbols = [
  ["theta", "<msup><mi>θ</mi><mo>*</mo></msup>"],
  ["f", "<msub><mi>f</mi><mi>θ</mi></msub>"],
  ["x", "<mi>x</mi>"],
  ["n", "<mi>n</mi>"],
];
export const choices = ["squared", "absolute", "both"];

const FIRST = "default";
const TWINS = ["default", "absolute-error"]; // alike but for n

/** @type {import("../learn/contents.js").LessonModule["mount"]} */
export function mount(figure, context) {
  const lesson = new Lesson(figure, context);
  return {
    demonstrate: () => lesson.guess.demonstrate(),
    recolour: () => lesson.chart.draw(),
    dispose: () => lesson.dispose(),
  };
}

class Lesson {
  /** @param {HTMLElement} figure @param {import("../learn/contents.js").LessonContext} context */
  constructor(figure, context) {
    const { t } = context;
    this.context = context;
    this.pictures = new PictureChoice(context, (chosen) => this.follow(chosen));
    this.values = new LayerValues(t);
    this.diagram = new Diagram(t, context.language, (layer) => this.values.show(layer, this.diagram.words(layer)));
    this.errors = new Errors(t);
    this.choice = modelChoice(context, {
      label: t("autoencoder.model"), value: FIRST, onChange: (name) => this.told(() => this.use(name)),
    });
    const controls = h("div", { class: "mx-controls" }, this.choice.element, this.pictures.element);
    this.problem = h("p", { class: "mx-note mx-note-problem", role: "alert" });
    const below = h("div", { class: "mx-columns" });
    figure.classList.add("mx-lesson-long");
    figure.append(controls, this.problem, this.diagram.element,
      h("div", { class: "mx-columns mx-columns-values" }, this.values.element, this.errors.element), below);
    this.guess = new Guess(below, context);
    this.chart = new Chart(below, {
      title: t("autoencoder.by_d"), x: { title: t("autoencoder.d"), log: true },
      y: { title: t("autoencoder.mse") },
    }, context);
    this.told(async () => {
      this.models = await this.choice.models;
      if (!this.gone) await this.use(FIRST);
    });
  }

  /** @param {string} name of a model */
  async use(name) {
    this.name = name;
    this.api = new Api(this.context.base, name);
    const card = await this.api.model();
    if (this.gone || name !== this.name) return;
    this.compare();
    await this.pictures.of(card);
  }

  /** Those of the same images. */
  siblings() {
    const mine = this.models.find(({ name }) => name === this.name);
    return this.models.filter(({ dataset, fingerprint }) =>
      dataset === mine.dataset && fingerprint === mine.fingerprint);
  }

  /** @param {import("../learn/picture_choice.js").Chosen} chosen */
  follow(chosen) {
    const mine = (this.asked = Symbol());
    this.told(async () => {
      const shown = this.beside();
      const layers = this.api.layers(chosen.pixels);
      const made = [];
      for (const { name, title } of shown) {
        const api = this.api.of(name);
        const [{ config }, { pixels }] = [await api.model(), await api.reconstruct(chosen.pixels)];
        made.push({ name, title: title[this.context.language] ?? name, power: config.objective.power, pixels });
      }
      const passed = await layers;
      if (this.gone || mine !== this.asked) return;
      this.diagram.show(passed);
      const { t } = this.context;
      this.errors.show(chosen.pixels, made, t(`autoencoder.compared.${chosen.source}`, { model: chosen.standin }));
    });
  }

  /** The models whose errors are shown: the two that differ in n alone, and the one that is chosen. */
  beside() {
    const { name } = this;
    const siblings = this.siblings();
    const twins = siblings.filter((each) => TWINS.includes(each.name));
    const shown = twins.length === TWINS.length ? TWINS : [];
    return siblings.filter((each) => each.name === name || shown.includes(each.name))
      .sort((a, b) => order(a.name) - order(b.name));
  }

  /** The test errors of the models of these images by d, and PCA's. */
  compare() {
    const { t, language } = this.context;
    const known = this.siblings().filter(({ metrics }) => metrics.test_mse && metrics.pca_mse);
    const mine = known.find(({ name }) => name === this.name);
    const x = known.map(({ latent_dim: d }) => d);
    const dims = [...new Set(x)];
    this.chart.element.hidden = !dims.length;
    if (!dims.length) return;
    const here = mine && { name: mine.title[language] ?? mine.name, x: [mine.latent_dim], y: [mine.metrics.test_mse],
      dots: true, size: 14 };
    this.chart.show([
      { name: "PCA", x, y: known.map(({ metrics }) => metrics.pca_mse), dots: dims.length < 2, size: 10 },
      { name: t("autoencoder.models"), x, y: known.map(({ metrics }) => metrics.test_mse), dots: true, size: 10 },
      ...(here ? [here] : []),
    ], {
      x: { range: around(dims), values: dims.map((d) => [d, String(d)]) },
      y: { range: [0, 1.15 * Math.max(...known.map(({ metrics }) => Math.max(metrics.pca_mse, metrics.test_mse)))] },
    });
  }

  /** Does it; a failure is told. @param {() => Promise<void>} work */
  async told(work) {
    try {
      await work();
      this.problem.textContent = "";
    } catch (error) {
      this.problem.textContent = error.status ? error.message : this.context.t("upload.offline");
    }
  }

  dispose() {
    this.gone = true;
    this.chart.dispose();
  }
}

/** @param {string} name the two of which the errors are compared come first */
function order(name) {
  return TWINS.includes(name) ? TWINS.indexOf(name) : TWINS.length;
}
