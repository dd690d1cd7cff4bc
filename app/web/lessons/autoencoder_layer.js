/** What a picture is in one layer: colours where they are colours, bars where they are few, otherwise a heat map. */

import { unpacked } from "../core/api.js";
import { h } from "../core/dom.js";
import { heat, paint, smallCanvas } from "../learn/heat.js";

/** @typedef {import("../core/api.js").Layer} Layer */

const BARS_MOST = 64;
const REACH = 34; // percent of the room that the longest bar takes: the numbers stand below
const IN_COLOURS = ["picture", "drawn"]; // layers whose values are in [0, 1]

export class LayerValues {
  /** @param {Say} t */
  constructor(t) {
    this.t = t;
    this.canvas = smallCanvas(t("autoencoder.layer"));
    this.canvas.hidden = true; // the latents come first
    this.bars = h("div", {
      class: "mx-latent-bars", role: "img", "aria-label": t("autoencoder.layer"), "data-testid": "latent-bars",
    });
    this.words = h("p", { class: "mx-layer-words", role: "status", "data-testid": "layer-words" });
    this.note = h("p", { class: "mx-note" });
    this.element = h("figure", { class: "mx-layer-values", "data-testid": "layer-values" },
      h("figcaption", {}, t("autoencoder.layer")), h("div", { class: "mx-layer-stage" }, this.canvas, this.bars),
      this.words, this.note);
  }

  /** @param {Layer} layer @param {string} words what it is */
  show(layer, words) {
    const bytes = unpacked(layer.values);
    const value = (/** @type {number} */ at) => layer.low + (bytes[at] / 255) * (layer.high - layer.low);
    const barred = layer.half === "latent" && bytes.length <= BARS_MOST;
    this.canvas.hidden = barred;
    this.bars.hidden = !barred;
    this.words.textContent = words;
    if (barred) this.draw(Array.from(bytes, (_, at) => value(at)));
    else if (isPicture(layer)) this.colours(bytes, IN_COLOURS.includes(layer.kind) ? (at) => 255 * value(at) : null);
    else this.map(layer, bytes);
    const range = { low: layer.low.toFixed(2), high: layer.high.toFixed(2) };
    this.note.textContent = barred || isPicture(layer) ? "" : this.t("autoencoder.heat", range);
  }

  /** @param {number[]} values each a bar up or down from the middle */
  draw(values) {
    const most = Math.max(...values.map(Math.abs)) || 1;
    const words = values.map((value) => value.toFixed(1));
    this.bars.setAttribute("aria-label", this.t("autoencoder.latent", { values: words.join(", ") }));
    this.bars.replaceChildren(...values.map((value, at) => h("span", { class: "mx-latent-bar" },
      h("i", { style: {
        height: `${(REACH * Math.abs(value)) / most}%`, [value < 0 ? "top" : "bottom"]: "50%",
      } }),
      values.length <= 8 && h("b", {}, words[at]))));
  }

  /**
   * @param {Uint8Array} bytes (3, 32, 32)
   * @param {((at: number) => number)|null} colour of the value at a place, 0 to 255; null: as the bytes are
   */
  colours(bytes, colour) {
    const plane = bytes.length / 3;
    paint(this.canvas, 32, 32, (at) => [0, 1, 2].map((channel) => channel * plane + at)
      .map((value) => (colour ? colour(value) : bytes[value])));
  }

  /** Channels side by side, or the values of one row after the other. @param {Layer} layer @param {Uint8Array} bytes */
  map({ shape }, bytes) {
    const [high, wide] = shape.length === 3 ? shape.slice(1) : [1, 1];
    const tiles = Math.floor(bytes.length / (high * wide));
    const columns = Math.ceil(Math.sqrt(tiles));
    const width = columns * wide;
    paint(this.canvas, width, Math.ceil(tiles / columns) * high, (at) => {
      const [row, column] = [Math.floor(at / width), at % width];
      const tile = Math.floor(row / high) * columns + Math.floor(column / wide);
      return tile < tiles ? heat(bytes[tile * high * wide + (row % high) * wide + (column % wide)] / 255) : null;
    });
  }
}

/** @param {Layer} layer */
function isPicture({ shape }) {
  return shape.length === 3 && shape[0] === 3;
}
