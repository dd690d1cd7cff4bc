/** The list of trainings, and below it the films of models that are here already. One of them is chosen. */

import { h } from "../core/dom.js";
import { sameFilm } from "./choice.js";
import { listedWords, shareDone } from "./words.js";

export class RunList {
  /**
   * @param {HTMLElement} slot @param {import("./page.js").Context} context
   * @param {(choice: import("./choice.js").Choice) => void} choose
   */
  constructor(slot, context, choose) {
    this.slot = slot;
    this.context = context;
    this.choose = choose;
    /** @type {Map<string, {button: HTMLElement, title: HTMLElement, state: HTMLElement, bar: HTMLElement}>} */
    this.rows = new Map();
    const { t } = context;
    this.empty = h("p", { class: "mx-note" }, t("run.list.empty"));
    this.runs = h("div", { class: "mx-runs", role: "group", "aria-label": t("run.list") });
    this.films = h("div", { class: "mx-runs", role: "group", "aria-label": t("run.list.films") });
    this.filmsTitle = h("p", { class: "mx-runs-title" }, t("run.list.films"));
    this.list = h("div", { class: "mx-runs-scroll" }, this.runs, this.filmsTitle, this.films);
    slot.replaceChildren(h("h2", { class: "mx-panel-title" }, t("run.list")), this.empty, this.list);
  }

  /**
   * @param {import("./watch.js").Entry[]} runs @param {import("./watch.js").Entry[]} films
   * @param {import("./choice.js").Choice|null} chosen
   */
  show(runs, films, chosen) {
    this.empty.hidden = runs.length > 0;
    this.filmsTitle.hidden = films.length === 0;
    const rows = [...runs, ...films].map((entry) => /** @type {const} */ ([key(entry), entry]));
    for (const [old, row] of this.rows) {
      if (rows.some(([each]) => each === old)) continue;
      row.button.remove();
      this.rows.delete(old);
    }
    for (const [each, entry] of rows) {
      this.update(this.rows.get(each) ?? this.add(each, entry), entry, sameFilm(entry, chosen));
    }
    arrange(this.runs, runs.map((entry) => this.rows.get(key(entry)).button));
    arrange(this.films, films.map((entry) => this.rows.get(key(entry)).button));
    const [row] = rows.filter(([, entry]) => sameFilm(entry, chosen)).map(([each]) => this.rows.get(each));
    if (row && this.last !== key(chosen)) reveal(this.list, row.button);
    this.last = chosen && key(chosen);
  }

  add(each, entry) {
    const title = h("span", { class: "mx-run-title" });
    const state = h("span", { class: "mx-run-state" });
    const bar = h("span", { class: "mx-run-bar", "aria-hidden": "true" });
    const { kind, name } = entry;
    const button = h("button", {
      class: "mx-run", type: "button", "data-testid": "run", "data-name": name,
      onclick: () => this.choose({ kind, name }),
    }, title, state, bar);
    const row = { button, title, state, bar };
    this.rows.set(each, row);
    return row;
  }

  update({ button, title, state, bar }, entry, chosen) {
    button.setAttribute("aria-pressed", String(chosen));
    button.dataset.state = entry.state;
    button.title = entry.title[this.context.language];
    title.textContent = entry.title[this.context.language];
    const { language, t } = this.context;
    state.textContent = entry.kind === "models" ? entry.dataset[language] : listedWords(entry, t);
    bar.hidden = !entry.at_work;
    bar.style.width = `${100 * shareDone(entry)}%`;
  }

  dispose() {
    this.slot.replaceChildren();
  }
}

/**
 * Scrolls the list, and the list alone: on a phone scrollIntoView would move the page.
 * @param {HTMLElement} list @param {HTMLElement} item
 */
function reveal(list, item) {
  const [frame, box] = [list.getBoundingClientRect(), item.getBoundingClientRect()];
  list.scrollTop += Math.max(0, box.bottom - frame.bottom) - Math.max(0, frame.top - box.top);
}

const key = ({ kind, name }) => `${kind}/${name}`;

/**
 * Puts the elements into this order, and touches nothing that stands right already.
 * @param {HTMLElement} parent @param {HTMLElement[]} children
 */
function arrange(parent, children) {
  children.forEach((child, at) => {
    if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null);
  });
}
