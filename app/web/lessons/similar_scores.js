/** What came out: how often each way was chosen, and how many of its neighbours share the class, beside chance. */

import { h } from "../core/dom.js";

const ROWS = ["latent", "pixel", "chance"];

export class Scores {
  /** @param {HTMLElement} slot @param {Say} t */
  constructor(slot, t) {
    this.t = t;
    this.body = h("tbody", {});
    const head = ["way", "chosen", "class"].map((name) => h("th", { scope: "col" }, t(`similar.column.${name}`)));
    this.element = h("table", { class: "mx-scores", hidden: true, "data-testid": "scores" },
      h("thead", {}, h("tr", {}, ...head)), this.body);
    slot.append(this.element);
  }

  /**
   * @param {Object<string, number>} shares of the same class, 0 to 1, by row
   * @param {Object<string, number>} judged how often a person chose each
   */
  show(shares, judged) {
    this.body.replaceChildren(...ROWS.map((row) => h("tr", { "data-testid": `score-${row}` },
      h("th", { scope: "row" }, this.t(`similar.space.${row}`)),
      h("td", {}, judged[row] === undefined ? "" : String(judged[row])),
      h("td", {}, h("div", { class: "mx-score" },
        h("span", { class: "mx-score-bar", style: { width: `${100 * shares[row]}%` } })),
      h("span", {}, `${Math.round(100 * shares[row])} %`)))));
    this.element.hidden = false;
  }

  hide() {
    this.element.hidden = true;
  }
}
