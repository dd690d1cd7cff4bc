/** A picture, what models make of it, and the errors of each, pixel by pixel, to the powers 1 and 2. */

import { h } from "../core/dom.js";
import { heat, paint, paintPicture, smallCanvas } from "../learn/heat.js";
import { mean } from "../learn/numbers.js";
import { errorMap } from "./autoencoder_numbers.js";

const POWERS = [1, 2];
const DIGITS = 4;

/** @typedef {{name: string, title: string, power: number, pixels: Uint8Array}} Made by one model, 32 x 32 RGB */

export class Errors {
  /** @param {Say} t */
  constructor(t) {
    this.t = t;
    this.rows = h("tbody", {});
    this.head = ["model", "n", "input", "output", "error1", "error2"].map((name) => h("th", { scope: "col" },
      t(`autoencoder.column.${name}`)));
    this.note = h("p", { class: "mx-note", "data-testid": "compared" });
    this.element = h("figure", { class: "mx-errors", "data-testid": "errors" },
      h("table", {}, h("caption", {}, t("autoencoder.errors")), h("thead", {}, h("tr", {}, ...this.head)), this.rows),
      this.note);
  }

  /** @param {Uint8Array} picture @param {Made[]} made @param {string} compared with what, a sentence */
  show(picture, made, compared) {
    const maps = made.map(({ pixels }) => POWERS.map((n) => errorMap(picture, pixels, n)));
    const most = POWERS.map((_, at) => Math.max(...maps.map((of) => of[at].reduce((a, b) => Math.max(a, b), 0))) || 1);
    this.rows.replaceChildren(...made.map((model, row) => this.row(picture, model, maps[row], most)));
    this.note.textContent = compared;
  }

  /** @param {Uint8Array} picture @param {Made} made @param {Float32Array[]} maps @param {number[]} most of all rows */
  row(picture, { name, title, power, pixels }, maps, most) {
    const { t } = this;
    const shown = [picture, pixels].map((each, at) => {
      const canvas = smallCanvas(t(at ? "autoencoder.column.output" : "autoencoder.column.input"));
      paintPicture(canvas, each);
      return h("td", {}, canvas);
    });
    const errors = maps.map((map, at) => {
      const canvas = smallCanvas(t(`autoencoder.column.error${POWERS[at]}`));
      paint(canvas, 32, 32, (pixel) => heat(map[pixel] / most[at]));
      return h("td", {}, canvas, h("span", { class: "mx-mean" }, mean(map).toFixed(DIGITS)));
    });
    return h("tr", { "data-testid": `errors-${name}` }, 
      h("th", { scope: "row" }, title), h("td", {}, String(power)), ...shown, ...errors);
  }
}
