/**
 * Which picture a lesson works on: one of a few samples, or one's own. Where the originals are not at hand, what the
 * finest model of the same images makes of them stands in.
 */

import { Api } from "../core/api.js";
import { h } from "../core/dom.js";
import { picturesOf } from "../core/pictures.js";
import { rgbOf } from "../core/pixels.js";
import { fileInput } from "../explore/intake.js";
import { seeded } from "./random.js";

const SHOWN = 8;

/**
 * @typedef {{pixels: Uint8Array<ArrayBuffer>, source: "original"|"standin"|"upload", standin: string}} Chosen 32 x 32
 *   RGB pixels, where they come from, and which model made those that stand in
 */

export class PictureChoice {
  /** @param {import("./contents.js").LessonContext} context @param {(chosen: Chosen) => void} onChoose */
  constructor(context, onChoose) {
    this.context = context;
    this.onChoose = onChoose;
    this.random = seeded(4);
    const { t } = context;
    this.tiles = Array.from({ length: SHOWN }, (_, at) => this.tile(at));
    this.input = fileInput((file) => this.upload(file));
    this.input.dataset.testid = "picture-file";
    const others = h("button", {
      class: "mx-button", type: "button", "data-testid": "pictures-others", onclick: () => this.others(),
    }, t("learn.pictures.others"));
    const own = h("button", { class: "mx-button", type: "button", onclick: () => this.input.click() },
      t("learn.pictures.own"));
    this.told = h("p", { class: "mx-note", role: "status", "data-testid": "picture-source" });
    this.element = h("div", { class: "mx-picks" },
      h("div", { class: "mx-picks-row", role: "group", "aria-label": t("learn.pictures") },
        ...this.tiles.map(({ button }) => button), others, own, this.input),
      this.told);
  }

  tile(at) {
    const image = h("img", { class: "mx-pixelated", alt: "" });
    const button = h("button", {
      class: "mx-pick", type: "button", "data-testid": `picture-${at}`, "aria-pressed": "false",
      "aria-label": this.context.t("learn.pictures.number", { number: at + 1 }), onclick: () => this.choose(at),
    }, image);
    return { button, image };
  }

  /** Samples of this model's images; the first is chosen. @param {import("../core/api.js").Card} card */
  async of(card) {
    const { base } = this.context;
    this.card = card;
    this.api = new Api(base, card.name);
    this.standin = null;
    this.source = this.api;
    this.turn = Symbol("model");
    if (card.finer && !card.has_images) {
      this.source = new Api(base, card.finer.name);
      const standin = await this.source.model();
      if (card !== this.card) return;
      this.standin = standin;
    } else {
      this.api.kind = card.has_images ? "image" : "reconstruction";
      this.api.version = card.version;
    }
    await this.show([card.start, ...this.drawn(SHOWN - 1)]);
  }

  /** @param {number} count */
  drawn(count) {
    return Array.from({ length: count }, () => Math.floor(this.random() * this.card.n));
  }

  others() {
    return this.show(this.drawn(SHOWN));
  }

  /** @param {number[]} indices of samples */
  async show(indices) {
    const mine = (this.turn = Symbol("samples"));
    const pictures = picturesOf(this.source);
    await pictures.load(indices);
    if (mine !== this.turn) return;
    this.tiles.forEach(({ image }, at) => pictures.show(indices[at], image));
    await this.choose(0);
  }

  /** @returns {Promise<Uint8Array<ArrayBuffer>[]>} the samples that are shown, each 32 x 32 RGB */
  all() {
    return Promise.all(this.tiles.map(({ image }) => rgbOf(image.src)));
  }

  /** @param {number} at */
  async choose(at) {
    const mine = (this.turn = Symbol("sample"));
    const pixels = await rgbOf(this.tiles[at].image.src);
    if (mine !== this.turn) return;
    const { has_images: original } = this.card;
    this.take(at, { pixels, source: original ? "original" : "standin", standin: this.standinTitle() });
  }

  /** @param {File} file */
  async upload(file) {
    const { t } = this.context;
    const mine = (this.turn = Symbol("upload"));
    this.told.textContent = t("learn.pictures.sending");
    try {
      const { picture } = await this.api.encode(file, null, 1);
      const pixels = await rgbOf(picture);
      if (mine === this.turn) this.take(-1, { pixels, source: "upload", standin: "" });
    } catch (error) {
      if (mine === this.turn) this.told.textContent = error.status ? error.message : t("upload.offline");
    }
  }

  /** @param {number} at -1: none of the samples @param {Chosen} chosen */
  take(at, chosen) {
    this.tiles.forEach(({ button }, other) => button.setAttribute("aria-pressed", String(other === at)));
    this.told.textContent = this.context.t(`learn.pictures.${chosen.source}`, { model: chosen.standin });
    this.onChoose(chosen);
  }

  standinTitle() {
    return (this.standin ?? this.card).title[this.context.language] ?? this.card.name;
  }
}
