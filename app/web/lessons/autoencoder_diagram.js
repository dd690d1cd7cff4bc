/** A network's layers from left to right, each as high as the square root of its number of values; one is chosen. */

import { h } from "../core/dom.js";

/** @typedef {import("../core/api.js").Layer} Layer */

const HALVES = ["encoder", "latent", "decoder"];

export class Diagram {
  /** @param {Say} t @param {string} language @param {(layer: Layer) => void} onChoose */
  constructor(t, language, onChoose) {
    this.t = t;
    this.language = language;
    this.onChoose = onChoose;
    this.chosen = null;
    this.halves = h("div", { class: "mx-layers", "data-testid": "layers", role: "group",
      "aria-label": t("autoencoder.layers") });
    this.element = h("figure", { class: "mx-network" }, h("figcaption", {}, t("autoencoder.layers")), this.halves);
  }

  /** @param {Layer[]} layers another picture in the same network keeps the layer that is chosen */
  show(layers) {
    const same = layers.map(({ shape }) => shape).join("|") === this.layers?.map(({ shape }) => shape).join("|");
    this.layers = layers;
    if (!same) this.build();
    this.choose(same ? this.chosen : layers.findIndex(({ half }) => half === "latent"));
  }

  build() {
    const focused = this.halves.contains(document.activeElement);
    const most = Math.max(...this.layers.map(size));
    this.boxes = this.layers.map((layer, at) => this.box(layer, at, most));
    this.halves.replaceChildren(...HALVES.map((half) => {
      const mine = this.boxes.filter((_, at) => this.layers[at].half === half);
      return h("div", { class: "mx-half", "data-half": half, style: { flexGrow: String(mine.length) } },
        h("span", { class: "mx-half-name" }, this.t(`autoencoder.half.${half}`)), h("div", {}, ...mine));
    }));
    if (focused) this.boxes[0].focus();
  }

  /** @param {Layer} layer @param {number} at @param {number} most values of the largest layer */
  box(layer, at, most) {
    const bar = h("span", { class: "mx-layer-bar", style: { height: `${100 * Math.sqrt(size(layer) / most)}%` } });
    return h("button", {
      class: "mx-layer", type: "button", "aria-pressed": "false", title: this.words(layer), "data-kind": layer.kind,
      "aria-label": this.words(layer), "data-testid": `layer-${at}`, onclick: () => this.choose(at),
    }, h("span", { class: "mx-layer-room" }, bar),
    h("span", { class: "mx-layer-shape" }, this.shape(layer)));
  }

  /** @param {number} at */
  choose(at) {
    this.chosen = at;
    this.boxes.forEach((box, other) => box.setAttribute("aria-pressed", String(other === at)));
    this.onChoose(this.layers[at]);
  }

  /** @param {Layer} layer "3 × 32 × 32", "1,024" */
  shape({ shape }) {
    return shape.map((number) => number.toLocaleString(this.language)).join("×");
  }

  /** @param {Layer} layer what it is, in words */
  words(layer) {
    const { t } = this;
    const parts = [layer.kind, ...layer.after.filter((after) => after !== "linear")];
    const named = parts.map((part, at) => t(at ? `autoencoder.after.${part}` : `autoencoder.kind.${part}`)).join(" + ");
    const inPrint = (/** @type {number} */ count) => count.toLocaleString(this.language);
    const values = t("autoencoder.values", { count: inPrint(size(layer)), shape: this.shape(layer) });
    const learnt = t("autoencoder.parameters", { count: inPrint(layer.parameters) });
    return [named, values, ...(layer.parameters ? [learnt] : [])].join(", ");
  }
}

/** @param {Layer} layer how many values it hands on */
function size({ shape }) {
  return shape.reduce((all, number) => all * number, 1);
}
