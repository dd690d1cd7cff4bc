/**
 * Types of dimension reduction: a map of the family; each method opens the same test images, reduced by it. Results
 * that ship are shown at once; the autoencoder's row is measured on the same images when it is asked for.
 */

import { Api } from "../core/api.js";
import { h } from "../core/dom.js";
import { choice } from "../learn/inputs.js";
import { axesOf, ReductionCloud } from "../reduction/cloud.js";
import { AUTOENCODER, ownPoints, Results } from "../reduction/results.js";
import { branches, figuresOf, winner } from "./methods_family.js";

export const formula = `
  <mi>g</mi><mo>:</mo><msup><mi mathvariant="normal">ℝ</mi><mi>m</mi></msup><mo>→</mo>
  <msup><mi mathvariant="normal">ℝ</mi><mi>d</mi></msup><mo>,</mo><mspace width="0.5em"/><mi>d</mi><mo>≪</mo><mi>m</mi>
  <mo>,</mo><mspace width="1em"/><msub><mi>z</mi><mi>i</mi></msub><mo>=</mo><mi>g</mi><mo stretchy="false">(</mo>
  <msub><mi>x</mi><mi>i</mi></msub><mo stretchy="false">)</mo>`;
export const symbols = [
  ["g", "<mi>g</mi>"],
  ["x", "<msub><mi>x</mi><mi>i</mi></msub>"],
  ["z", "<msub><mi>z</mi><mi>i</mi></msub>"],
  ["dims", "<mi>m</mi><mo>,</mo><mi>d</mi>"],
];
export const choices = ["linear", "map", "autoencoder"];

/** The shipped models whose test images are reduced, by data set. */
const MODELS = { mnist: "mnist", "fashion-mnist": "fashion-mnist", cifar10: "default", digits: "digits" };

const ASKED = "mnist"; // the question is about its images

/** @type {import("../learn/contents.js").LessonModule["mount"]} */
export function mount(figure, context) {
  return new Family(figure, context);
}

class Family {
  /** @param {HTMLElement} figure @param {import("../learn/contents.js").LessonContext} context */
  constructor(figure, context) {
    this.context = context;
    const { t } = context;
    this.name = "pca";
    this.abort = new AbortController();
    /** @type {(name: string) => [string, string]} */
    const option = (name) => [name, t(`methods.data.${name}`)];
    this.data = choice({
      name: "data", label: t("methods.data"), options: Object.keys(MODELS).map(option), value: ASKED,
      onChange: (name) => this.open(name),
    });
    this.map = h("nav", { class: "mx-family", "aria-label": t("methods.map"), "data-testid": "family" });
    this.stage = h("div", { class: "mx-stage mx-family-cloud", role: "application", "data-testid": "cloud" });
    this.words = h("div", { class: "mx-family-words", role: "status", "data-testid": "said" });
    figure.append(this.data.element, h("div", { class: "mx-family-columns" }, this.map,
      h("div", { class: "mx-family-side" }, this.stage, this.words)));
    this.open(ASKED);
  }

  /** Another data set's images. @param {string} dataset */
  async open(dataset) {
    const turn = (this.turn = Symbol(dataset));
    const { t, palette } = this.context;
    const api = new Api(this.context.base, MODELS[dataset]);
    this.words.textContent = t("methods.asking");
    this.map.inert = true; // it is still that of other images
    try {
      const results = new Results(api);
      await api.model(); // whose version the addresses carry
      const [listed, samples, labels, points] = await Promise.all([
        results.list(), results.samples(), api.labels(), api.points(() => {}),
      ]);
      if (turn !== this.turn) return;
      this.cloud?.dispose();
      const of = Uint8Array.from(samples, (sample) => labels[sample]);
      this.cloud = new ReductionCloud(this.stage, { labels: of, palette, theme: this.context.theme() });
      this.dataset = dataset;
      this.refused = "";
      this.results = results;
      this.listed = listed;
      this.samples = samples;
      this.points = points;
      if (!this.known(this.name)) this.name = AUTOENCODER;
      this.draw();
      await this.choose(this.name);
    } catch (error) {
      if (turn !== this.turn) return;
      this.clear();
      this.words.textContent = t("methods.failed", { reason: error.message });
    }
  }

  /** Nothing of other images stays. */
  clear() {
    this.cloud?.dispose();
    this.cloud = null;
    this.dataset = null;
    this.listed = null; // what is still being measured tells nobody
    this.map.replaceChildren();
    delete this.stage.dataset.method;
    this.stage.removeAttribute("aria-label");
  }

  /** @param {string} name @returns {boolean} whether its cloud is at hand: the model's own always is */
  known(name) {
    return name === AUTOENCODER || this.listed.methods.some((method) => method.name === name && method.facts);
  }

  /** Shows the cloud of this method, or why not; a newer choice ends it. @param {string} name */
  async choose(name) {
    const mine = (this.asked = Symbol(name));
    const { turn } = this;
    const newest = () => mine === this.asked && turn === this.turn;
    try {
      const points = name === AUTOENCODER ? this.own() : await this.results.points(name);
      if (!newest()) return;
      this.name = name;
      this.cloud.show(points, name === AUTOENCODER ? ["z1", "z2", "z3"] : axesOf(name));
      this.stage.dataset.method = name;
      this.draw();
      if (name === AUTOENCODER && !this.listed.model) this.measure();
      this.explain();
    } catch (error) {
      if (newest()) this.words.textContent = this.context.t("methods.failed", { reason: error.message });
    }
  }

  own() {
    return ownPoints(this.samples, (index) => this.points.subarray(3 * index, 3 * index + 3));
  }

  /** The model's own figures on these images, by the server: asked for once, and again after it has refused. */
  async measure() {
    const { listed } = this;
    if (listed === this.measured) return;
    this.measured = listed;
    this.refused = "";
    try {
      listed.model = await this.results.compute(AUTOENCODER, this.abort.signal);
    } catch (error) {
      if (listed !== this.listed) return;
      this.refused = error.message;
      this.measured = null;
    }
    if (listed === this.listed && this.name === AUTOENCODER) this.explain();
  }

  /** The map of the family, the chosen method marked. */
  draw() {
    const { t } = this.context;
    const leaf = (name, title) => h("li", {}, h("button", {
      class: "mx-button", type: "button", "aria-pressed": String(name === this.name), "data-testid": `method-${name}`,
      onclick: () => this.choose(name),
    }, title));
    const branch = ({ name, methods, inner }) => h("li", { class: "mx-family-branch" },
      h("h3", {}, t(`methods.${name}`)),
      h("ul", {}, ...methods.map((each) => leaf(each.name, each.title)), ...inner.map(branch)));
    const focused = this.map.contains(document.activeElement) && document.activeElement.getAttribute("data-testid");
    const own = { name: AUTOENCODER, title: t("methods.autoencoder") };
    this.map.inert = false;
    this.map.replaceChildren(h("ul", {}, ...branches(this.listed.methods, own).map(branch)));
    const again = this.map.querySelector(`[data-testid="${focused}"]`);
    if (again instanceof HTMLElement) again.focus();
  }

  explain() {
    const { t, language } = this.context;
    const method = this.listed.methods.find(({ name }) => name === this.name);
    const facts = method ? method.facts : this.listed.model;
    const line = (/** @type {string} */ what) =>
      h("p", {}, h("strong", {}, `${t(`reduction.${what}`)}: `), t(`reduction.${what}.${this.name}`));
    const unmeasured = this.refused ? t("methods.failed", { reason: this.refused }) : t("methods.measuring");
    const figures = facts ? t("methods.figures", figuresOf(facts, language)) : unmeasured;
    const few = this.listed.methods.some((each) => !each.facts) && h("p", { class: "mx-note" }, t("methods.few"));
    const title = method ? `${method.title} · ${method.source}` : t("methods.autoencoder");
    this.words.replaceChildren(h("h3", {}, title), line("use"), line("distorts"),
      h("p", { class: "mx-note", "data-testid": "figures" }, figures), ...(few ? [few] : []));
    this.stage.setAttribute("aria-label", t("methods.cloud", { name: method?.title ?? t("methods.autoencoder") }));
    this.observe();
  }

  /** Once the autoencoder and a map have been looked at, what keeps the digits' classes best is known. */
  observe() {
    const { model, methods } = this.listed;
    if (this.dataset !== ASKED || this.name !== AUTOENCODER || !model) return;
    const known = new Set(methods.filter(({ facts }) => facts).map(({ family }) => family));
    if (!known.has("linear") || !known.has("nonlinear")) return;
    const best = winner(methods, model);
    const percent = (/** @type {number} */ share) => (100 * share).toFixed(1);
    const values = { own: percent(model.knn_accuracy), name: best.map.title,
      accuracy: percent(best.map.facts.knn_accuracy), linear: percent(best.linear.facts.knn_accuracy) };
    this.context.observed(best.kind, values);
  }

  demonstrate() {
    if (this.dataset === ASKED && this.cloud) {
      this.choose(AUTOENCODER);
    } else {
      this.name = AUTOENCODER;
      this.data.set(ASKED);
    }
  }

  /** @param {import("../core/theme.js").ThemeColours} theme */
  recolour(theme) {
    this.cloud?.setTheme(theme);
  }

  dispose() {
    this.turn = null;
    this.abort.abort();
    this.cloud?.dispose();
  }
}
