/** The methods in a table: what each costs, keeps and can; a row is chosen by its name. */

import { h } from "../core/dom.js";
import { AUTOENCODER } from "./results.js";

const FIGURES = ["seconds", "trustworthiness", "continuity", "accuracy"];
const ABILITIES = ["places", "decodes"];

/** @typedef {import("./results.js").Facts} Facts */

/** @param {Facts} facts @param {string} language @returns {Object<string, string>} in print, by column */
function printed(facts, language) {
  const { seconds, trustworthiness, continuity, knn_accuracy: accuracy } = facts;
  const digits = seconds < 10 ? 1 : 0;
  return {
    seconds: seconds.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
    trustworthiness: trustworthiness.toFixed(3), continuity: continuity.toFixed(3),
    accuracy: `${(100 * accuracy).toFixed(1)} %`,
  };
}

export class MethodTable {
  /**
   * @param {{t: Say, language: string}} context @param {(name: string) => void} choose
   */
  constructor({ t, language }, choose) {
    this.t = t;
    this.language = language;
    this.choose = choose;
    /** @type {Map<string, {row: HTMLElement, button: HTMLButtonElement}>} */
    this.rows = new Map();
    const head = (name) => h("th", { scope: "col", title: t(`reduction.${name}.help`) }, t(`reduction.${name}`));
    this.body = h("tbody", {});
    this.root = h("div", {
      class: "mx-reduction-table", tabindex: 0, role: "region", "aria-label": t("reduction.table"),
    }, h("table", { "data-testid": "reduction-table" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("reduction.method")), ...FIGURES.map(head),
        ...ABILITIES.map(head))),
      this.body));
  }

  /** @param {import("./results.js").Listed} listed */
  show({ methods, model }) {
    const { t } = this;
    this.rows.clear();
    const family = (name) => [
      h("tr", { class: "mx-reduction-family" },
        h("th", { colspan: 7, scope: "rowgroup" }, t(`reduction.family.${name}`))),
      ...methods.filter((method) => method.family === name).map((method) => this.row(method)),
    ];
    const own = { name: AUTOENCODER, title: t("reduction.autoencoder"), places: true, decodes: true, installed: true };
    const families = ["selection", "linear", "nonlinear"].flatMap(family);
    this.body.replaceChildren(...families, this.row({ ...own, facts: model }));
  }

  /**
   * @param {{name: string, title: string, places: boolean, decodes: boolean, installed: boolean, facts: Facts|null}} of
   */
  row({ name, title, places, decodes, installed, facts }) {
    const { t } = this;
    const figures = facts && printed(facts, this.language);
    const absent = installed ? "–" : t("reduction.uninstalled");
    const cell = (text, at) => h("td", {}, figures ? text : at ? "" : absent);
    const button = h("button", {
      type: "button", class: "mx-reduction-choose", "aria-pressed": "false", "data-testid": `reduction-${name}`,
      disabled: !facts && name !== AUTOENCODER, onclick: () => this.choose(name),
    }, title);
    const able = (can) => h("td", {}, t(can ? "reduction.yes" : "reduction.no"));
    const row = h("tr", {}, h("th", { scope: "row" }, button),
      ...FIGURES.map((column, at) => cell(figures?.[column], at)), able(places), able(decodes));
    this.rows.set(name, { row, button });
    return row;
  }

  /** @param {string} chosen */
  press(chosen) {
    for (const [name, { button, row }] of this.rows) {
      button.setAttribute("aria-pressed", String(name === chosen));
      row.classList.toggle("mx-reduction-chosen", name === chosen);
    }
  }
}
