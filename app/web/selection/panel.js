/**
 * Select and filter: by a measure, by the legend's classes, by a box on the screen; what is selected, in numbers and
 * pictures.
 */

import { h, throttle } from "../core/dom.js";
import { download } from "../core/download.js";
import { VoteBar } from "../explore/vote.js";
import { BoxTool, inside } from "./box.js";
import { csvOf } from "./csv.js";
import { inPrint } from "./figures.js";
import { Gallery } from "./gallery.js";
import { DRAWN_MOST, SelectionMarks } from "./marks.js";
import { EVERY, MEASURES } from "./selection.js";

const PAUSE = 60; // ms between two selections while the slider moves

/** @typedef {{open: boolean, measure: import("./selection.js").Measure, share: number}} Choice */
/** @type {WeakMap<HTMLElement, Choice>} the last one, by page; the selection itself would hold on to its explorer */
const carried = new WeakMap();

export class SelectionPanel {
  /**
   * @param {HTMLElement} slot
   * @param {import("../explore/panel_list.js").Context} context
   * @param {import("../view/view.js").View} view
   */
  constructor(slot, context, view) {
    this.context = context;
    this.selection = context.selection;
    this.view = view;
    this.listening = new AbortController();
    this.shareSoon = throttle((share) => this.selection.setShare(share), PAUSE);
    if (carried.has(context.root)) this.selection.resume(carried.get(context.root));
    this.build(slot);
    this.gallery = new Gallery(context);
    this.marks = new SelectionMarks(view, this.selection);
    this.result.append(this.gallery.root);
    this.selection.addEventListener("change", () => this.show(), { signal: this.listening.signal });
    this.show();
  }

  build(slot) {
    const { t } = this.context;
    this.note = h("p", { class: "mx-note", role: "status", "data-testid": "selection-note" });
    this.count = h("p", { class: "mx-selection-count", role: "status", "data-testid": "selection-count" });
    this.drawn = h("p", { class: "mx-note" }, t("selection.drawn", { most: DRAWN_MOST }));
    const keys = { all: "selection.classes", one: "selection.class" };
    this.classes = new VoteBar(this.context, keys, "selection-classes");
    this.result = h("div", { class: "mx-selection-part" },
      this.order(), this.share(), this.tools(), this.count, this.drawn, this.means(), this.classes.root);
    this.again = h("button", {
      class: "mx-button", type: "button", "data-testid": "selection-again", onclick: () => this.selection.load(),
    }, t("notice.again"));
    const title = h("summary", {
      class: "mx-panel-title", "data-testid": "selection-open", title: t("selection.help"),
    }, t("selection.title"));
    this.root = h("details", {
      class: "mx-fold mx-selection mx-nearest", open: this.selection.open, "data-testid": "selection",
      ontoggle: () => this.root.open === this.selection.open || this.selection.setOpen(this.root.open),
    }, title, this.note, this.again, this.result);
    slot.append(this.root);
  }

  order() {
    const { t } = this.context;
    const option = (name) => h("option", { value: name }, t(`selection.by.${name}`));
    this.by = h("select", {
      class: "mx-select", "data-testid": "selection-by", onchange: () => this.selection.sortBy(this.by.value),
    }, ...MEASURES.map(option));
    this.byHelp = h("p", { class: "mx-note" });
    this.noErrors = h("p", { class: "mx-note", "data-testid": "selection-no-errors" }, t("selection.no_errors"));
    const label = h("span", { class: "mx-selection-label" }, t("selection.by"));
    return h("div", { class: "mx-selection-part" },
      h("label", { class: "mx-selection-by" }, label, this.by), this.byHelp, this.noErrors);
  }

  share() {
    const { t } = this.context;
    this.slider = h("input", {
      type: "range", min: 1, max: EVERY, step: 1, "aria-label": t("selection.share"), title: t("selection.share.help"),
      "data-testid": "selection-share", oninput: () => this.slide(),
      onkeydown: (event) => event.stopPropagation(),
    });
    this.percent = h("output");
    const label = h("span", { class: "mx-selection-label" }, t("selection.first"));
    return h("div", { class: "mx-slider" }, label, this.slider, this.percent);
  }

  tools() {
    const { t } = this.context;
    const button = (name, run) => h("button", {
      class: "mx-button", type: "button", title: t(`selection.${name}.help`), "data-testid": `selection-${name}`,
      onclick: run,
    }, t(`selection.${name}`));
    this.draw = button("box", () => this.drawBox());
    this.unbox = button("unbox", () => { this.selection.setBox(null); this.draw.focus(); });
    this.save = button("csv", () => this.saveCsv());
    return h("div", { class: "mx-selection-tools" }, this.draw, this.unbox, this.save);
  }

  means() {
    const { t } = this.context;
    const cell = (name, what) => h("td", { "data-testid": `mean-${name}-${what}` });
    const cells = (name) => ({ selected: cell(name, "selected"), all: cell(name, "all") });
    this.cells = Object.fromEntries(MEASURES.map((name) => [name, cells(name)]));
    const head = (name) => h("th", { scope: "col" }, t(`selection.${name}`));
    const row = (name) => h("tr", {},
      h("th", { scope: "row", title: t(`selection.${name}.help`) }, t(`selection.${name}`)),
      this.cells[name].selected, this.cells[name].all);
    return h("table", { class: "mx-selection-means" },
      h("thead", {}, h("tr", {}, ...["mean", "mean.selected", "mean.all"].map(head))),
      h("tbody", {}, ...MEASURES.map(row)));
  }

  slide() {
    this.fill(Number(this.slider.value));
    this.shareSoon(Number(this.slider.value));
  }

  /** @param {number} share */
  fill(share) {
    this.percent.textContent = `${share} %`;
    this.slider.setAttribute("aria-valuetext", `${share} %`);
    this.slider.style.setProperty("--mx-filled", `${(100 * (share - 1)) / (EVERY - 1)}%`);
  }

  show() {
    const { selection, context: { t } } = this;
    const { values, failure, loading } = selection;
    this.result.hidden = !values;
    const waiting = loading ? t("selection.measuring") : "";
    this.note.textContent = failure ? t("selection.failed", { reason: failure.message }) : waiting;
    this.note.classList.toggle("mx-note-problem", failure !== null);
    this.again.hidden = failure === null;
    this.view.setSelected(selection.mask);
    if (values && selection.open) this.showSelection();
  }

  showSelection() {
    const { selection, context: { t, card, language } } = this;
    const { indices, measure, share, box } = selection;
    for (const option of this.by.options) option.disabled = !selection.has(option.value);
    this.by.value = measure;
    this.noErrors.hidden = selection.has("error");
    this.byHelp.textContent = t(`selection.${measure}.help`);
    this.slider.value = String(share);
    this.fill(share);
    this.unbox.hidden = !box;
    this.save.disabled = !indices.length;
    const [count, all] = [indices.length, card.n].map((number) => number.toLocaleString(language));
    this.count.textContent = t(indices.length ? "selection.count" : "selection.none", { count, all });
    this.drawn.hidden = indices.length <= DRAWN_MOST;
    this.classes.root.hidden = !indices.length;
    this.classes.show(selection.counts(card.classes.length));
    for (const name of MEASURES) this.showMean(name);
  }

  /** @param {import("./selection.js").Measure} name */
  showMean(name) {
    const { selected, all } = this.selection.means(name);
    this.cells[name].selected.textContent = inPrint(name, selected);
    this.cells[name].all.textContent = inPrint(name, all);
  }

  /** Begins to draw a box, or leaves it again. */
  drawBox() {
    if (this.boxing) return this.boxing.leave(null);
    this.boxing = new BoxTool(this.view.element, this.context.t, (box) => {
      this.boxing = null;
      this.draw.focus({ preventScroll: true });
      if (box && this.view.lens) this.selection.setBox(inside(this.view.lens, this.view.points, box));
    });
  }

  saveCsv() {
    const { card, axes, positionOf } = this.context;
    const table = csvOf(this.selection, { classes: card.classes, axes, positionOf });
    download(new Blob([table], { type: "text/csv;charset=utf-8" }), `${card.name}-selection.csv`);
  }

  dispose() {
    const { open, measure, share } = this.selection;
    carried.set(this.context.root, { open, measure, share });
    this.listening.abort();
    this.shareSoon.cancel();
    this.boxing?.dispose();
    this.gallery.dispose();
    this.marks.dispose();
    this.view.setSelected(null);
    this.root.remove();
  }
}
