/** A sample, and two rows of pictures that are not named until a person has chosen one; their places are kept. */

import { h } from "../core/dom.js";
import { SIDE } from "../core/pixels.js";

const NAMES = ["A", "B"];

export class PairOfRows {
  /**
   * @param {HTMLElement} slot @param {Say} t @param {number} count of pictures in a row
   * @param {(row: number) => void} judge a row has been chosen, 0 or 1
   */
  constructor(slot, t, count, judge) {
    this.t = t;
    this.count = count;
    this.sample = picture();
    this.rows = NAMES.map((name, at) => this.row(name, () => this.chosen(at, judge)));
    this.element = h("div", { class: "mx-similar", "data-testid": "pair" },
      h("figure", { class: "mx-similar-sample" }, this.sample, h("figcaption", {}, t("similar.sample"))),
      h("div", { class: "mx-similar-rows" }, ...this.rows.map(({ element }) => element)));
    slot.append(this.element);
    this.clear();
  }

  /** @param {string} name @param {() => void} choose */
  row(name, choose) {
    const strip = h("div", { class: "mx-similar-strip" });
    const title = h("strong", {}, name);
    const button = h("button", {
      class: "mx-button", type: "button", "data-testid": `fits-${name}`, onclick: choose,
    }, this.t("similar.fits", { row: name }));
    const element = h("div", { class: "mx-similar-row", "data-testid": `row-${name}` },
      h("div", { class: "mx-similar-head" }, title, button), strip);
    return { element, strip, title, button };
  }

  /** @param {number} at @param {(row: number) => void} judge */
  chosen(at, judge) {
    this.stop();
    judge(at);
  }

  /**
   * @param {import("../core/pictures.js").SamplePictures} pictures at hand @param {number} sample
   * @param {number[][]} lists samples of each row
   */
  show(pictures, sample, lists) {
    pictures.show(sample, this.sample);
    this.sample.alt = this.t("similar.sample");
    this.rows.forEach(({ strip, title }, at) => {
      title.textContent = NAMES[at];
      strip.replaceChildren(...lists[at].map((index, place) => {
        const image = picture(this.t("similar.candidate", { row: NAMES[at], place: place + 1 }));
        pictures.show(index, image);
        return image;
      }));
    });
    this.open();
  }

  /** The pair that is shown may be chosen from. */
  open() {
    for (const { button } of this.rows) button.disabled = false;
  }

  /** No more choosing. */
  stop() {
    for (const { button } of this.rows) button.disabled = true;
  }

  /** @param {string[]} names what each row was, in their order */
  name(names) {
    this.rows.forEach(({ title }, at) => { title.textContent = `${NAMES[at]} · ${names[at]}`; });
  }

  /** No pictures yet. */
  clear() {
    this.stop();
    this.sample.removeAttribute("src");
    this.sample.alt = "";
    this.rows.forEach(({ strip, title }, at) => {
      title.textContent = NAMES[at];
      strip.replaceChildren(...Array.from({ length: this.count }, () => picture()));
    });
  }
}

function picture(alt = "") {
  return h("img", { class: "mx-pixelated", alt, width: SIDE, height: SIDE });
}
