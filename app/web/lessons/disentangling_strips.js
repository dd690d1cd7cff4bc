/**
 * A model's latent axes as strips through one place, with a slider and a name for each, and what is measured of them.
 */

import { AxisNames } from "../axes/names.js";
import { AxisRow } from "../axes/axis_row.js";
import { shownAxes, traversal } from "../axes/traversal.js";
import { Api } from "../core/api.js";
import { BatchDecoder } from "../core/batch_decoder.js";
import { h } from "../core/dom.js";
import { aside, overlap } from "./disentangling_numbers.js";

export class Strips {
  /**
   * @param {HTMLElement} slot @param {string} model @param {string} title
   * @param {Pick<import("../learn/contents.js").LessonContext, "t"|"base">} context
   */
  constructor(slot, model, title, { t, base }) {
    this.t = t;
    this.api = new Api(base, model);
    this.decoder = new BatchDecoder(this.api.decodeUrl());
    this.rows = /** @type {AxisRow[]} */ ([]);
    this.facts = h("p", { class: "mx-note" });
    this.body = h("div", { class: "mx-strips-axes" });
    this.element = h("section", { class: "mx-strips", "data-testid": `strips-${model}` },
      h("h3", { class: "mx-map-title" }, title), this.facts, this.body);
    slot.append(this.element);
  }

  /** Builds a row for each axis that is used. @throws where the model cannot be had */
  async begin() {
    const { t } = this;
    const card = (this.card = await this.api.model());
    this.ranges = shownAxes(card.latent_ranges).filter(({ used }) => used);
    const names = (this.names = new AxisNames(this.api, card));
    this.rows = this.ranges.map((range) => new AxisRow({ t }, range, names, (value) => this.move(range.axis, value)));
    this.body.replaceChildren(...this.rows.map(({ element }) => element));
    const information = /** @type {{kl_per_unit?: number[], axis_correlation?: number}} */ (card.metrics);
    const kl = information.kl_per_unit && this.ranges.map(({ axis }) => information.kl_per_unit[axis].toFixed(2));
    this.facts.textContent = [
      t("disentangling.used", { used: this.ranges.length, d: card.latent_dim }),
      t("disentangling.correlation", { correlation: information.axis_correlation.toFixed(3) }),
      kl ? t("disentangling.kl", { kl: kl.join(", ") }) : t("disentangling.no_kl"),
    ].join(" ");
  }

  /** @param {number} index of a sample that the strips pass through */
  async goTo(index) {
    const { latent } = await this.api.sample(index);
    this.latent = Float32Array.from(latent);
    await this.draw();
  }

  /** @param {number} axis @param {number} value */
  move(axis, value) {
    this.latent[axis] = value;
    this.draw().catch(() => {}); // the next movement asks again
  }

  /** All strips anew; while they are on their way, the newest place waits. */
  async draw() {
    this.rows.forEach((row) => row.show(this.latent[row.range.axis]));
    this.stale = true;
    if (this.drawing) return;
    this.drawing = true;
    try {
      while (this.stale && !this.decoder.closed) {
        this.stale = false;
        const strips = this.ranges.map((range) => traversal(this.latent, range));
        const latents = new Float32Array(strips.flatMap((strip) => Array.from(strip)));
        const pixels = await this.decoder.decode(latents);
        const size = pixels.length / this.rows.length;
        this.rows.forEach((row, at) => row.paint(pixels.subarray(at * size, (at + 1) * size)));
      }
    } finally {
      this.drawing = false;
    }
  }

  /**
   * @param {number} index of a sample
   * @returns {Promise<number>} the mean overlap of the axes' changes there, 0 to 1
   */
  async overlapAt(index) {
    const { latent } = await this.api.sample(index);
    const pixels = await this.decoder.decode(aside(latent, this.ranges));
    return overlap(pixels, this.ranges.length);
  }

  dispose() {
    this.decoder.close();
    this.element.remove();
  }
}
