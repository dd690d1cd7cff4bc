/** One picture, and what is left of it in d numbers: by PCA, and by the models of its data set. */

import { h } from "../core/dom.js";
import { joined, tilesOf } from "../walks/tiles.js";
import { packed, psnr, ratioInPrint } from "./purpose_numbers.js";

/**
 * @typedef {{name: string, d: number, src: string|null, mse: number|null}} Tile `src` is null while the picture is
 *   being computed: its place is kept; `mse` of this very picture
 */

export class Tiles {
  /** @param {import("../learn/contents.js").LessonContext} context @param {(d: number) => void} choose */
  constructor({ t }, choose) {
    this.t = t;
    this.choose = choose;
    this.original = h("img", { class: "mx-pixelated", alt: "", "data-testid": "original" });
    this.title = h("figcaption");
    this.rows = h("div", { class: "mx-kept-rows" });
    this.element = h("div", { class: "mx-kept mx-kept-both" },
      h("figure", { class: "mx-kept-original" }, this.original, this.title), this.rows);
    this.d = 0;
  }

  /** @param {string} src @param {string} title */
  setOriginal(src, title) {
    this.original.src = src;
    this.original.alt = title;
    this.title.textContent = title;
  }

  /** @param {{name: string, words: string, tiles: Tile[]}[]} rows */
  show(rows) {
    const focused = /** @type {HTMLElement|null} */ (document.activeElement)?.dataset.tile;
    this.rows.replaceChildren(...rows.flatMap(({ name, words, tiles }) => [
      h("h3", { class: "mx-kept-title" }, words),
      h("div", { class: "mx-kept-row", "data-testid": `row-${name}` }, ...tiles.map((tile) => this.tile(name, tile))),
    ]));
    this.mark(this.d);
    /** @type {HTMLElement|null} */ (this.rows.querySelector(`[data-tile="${focused}"]`))?.focus();
  }

  /** @param {string} row @param {Tile} tile */
  tile(row, { name, d, src, mse }) {
    const { bytes, ratio } = packed(d);
    if (!src) return this.place(d, ratio);
    return h("button", {
      class: "mx-kept-tile", type: "button", "data-d": d, "data-tile": `${row}-${d}`, "data-testid": `tile-${row}-${d}`,
      title: this.t("purpose.tile", { name, d, bytes, ratio: ratioInPrint(ratio) }), onclick: () => this.choose(d),
    }, h("img", { class: "mx-pixelated", src, alt: this.t("purpose.tile.alt", { name, d }) }),
    h("b", {}, `d = ${d}`), h("span", {}, `${ratioInPrint(ratio)} : 1`),
    mse !== null && h("span", {}, `${psnr(mse).toFixed(1)} dB`));
  }

  /** Of a picture that is not here yet. @param {number} d @param {number} ratio */
  place(d, ratio) {
    return h("div", { class: "mx-kept-tile", "data-d": d }, h("img", { alt: "" }),
      h("b", {}, `d = ${d}`), h("span", {}, `${ratioInPrint(ratio)} : 1`), h("span", {}, "…"));
  }

  /** @param {number} d the tiles of that many numbers stand out */
  mark(d) {
    this.d = d;
    for (const tile of /** @type {NodeListOf<HTMLElement>} */ (this.rows.querySelectorAll("button.mx-kept-tile"))) {
      tile.setAttribute("aria-pressed", String(Number(tile.dataset.d) === d));
    }
  }
}

/** PCA's row before it is computed. @param {number[]} dims */
export function awaited(dims) {
  return { name: "pca", words: "PCA", tiles: dims.map((d) => ({ name: "PCA", d, src: null, mse: null })) };
}

/** @param {string} strip @param {number} count @returns {Promise<string[]>} the pictures in it, each as a data URL */
export async function cut(strip, count) {
  return (await tilesOf(strip, count)).map((tile) => joined([tile]).toDataURL());
}
