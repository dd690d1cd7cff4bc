/**
 * The selected samples as pictures, a page at a time: arrow keys step through all of them, Enter or a click goes
 * there.
 */

import { h } from "../core/dom.js";
import { newestWins } from "../core/newest.js";
import { TileGrid } from "../explore/tiles.js";
import { inPrint } from "./figures.js";

const PER_PAGE = 24;

export class Gallery {
  /** @param {import("../explore/panel_list.js").Context} context */
  constructor(context) {
    this.context = context;
    this.selection = context.selection;
    this.page = 0;
    /** @type {number|null} the page that the tiles show; null while another is on its way */
    this.filled = null;
    /** Whether the tile of the current sample takes the focus when its page is there. */
    this.stepping = false;
    this.listening = new AbortController();
    this.pages = newestWins((page) => this.load(page));
    this.build();
    const { signal } = this.listening;
    this.selection.addEventListener("change", () => this.restart(), { signal });
    this.selection.addEventListener("current", () => this.follow(), { signal });
    this.grid.root.addEventListener("focusin", (event) => this.focused(event), { signal });
    this.root.addEventListener("keydown", (event) => this.walk(event), { capture: true, signal });
    this.turn(0);
  }

  build() {
    const { t, feed, probe } = this.context;
    const onPick = (index) => probe.goToSample(index);
    const told = (sample) => this.told(sample);
    const about = { label: t("selection.list"), onPick, testid: "selection-tile", told };
    this.grid = new TileGrid(this.context, feed.pictures, about);
    const button = (name, by, sign) => h("button", {
      class: "mx-button mx-button-icon", type: "button", "aria-label": t(`selection.page.${name}`),
      title: t(`selection.page.${name}`), "data-testid": `selection-${name}`, onclick: () => this.turn(this.page + by),
    }, sign);
    this.before = button("before", -1, "‹");
    this.after = button("after", 1, "›");
    this.range = h("span", { class: "mx-figure", "data-testid": "selection-range" });
    this.note = h("p", { class: "mx-note mx-note-problem", role: "status", hidden: true }, t("selection.pictures"));
    this.pager = h("div", { class: "mx-selection-pager" }, this.before, this.range, this.after);
    this.root = h("div", { class: "mx-selection-gallery" }, this.pager, this.note, this.grid.root);
  }

  /** @param {import("../core/api.js").Neighbour & {at: number}} sample with its value in place of a distance */
  told({ index, label, distance, at }) {
    const { classLabel, t } = this.context;
    const { measure, indices } = this.selection;
    const value = inPrint(measure, distance);
    const about = { name: classLabel(label), index, at: at + 1, count: indices.length };
    return { value, words: `${t("selection.tile", about)} ${t(`selection.${measure}`)}: ${value}` };
  }

  /** Other samples are selected: nobody steps through these yet. */
  restart() {
    this.stepping = false;
    this.turn(0);
  }

  /** @param {number} page the nearest that there is */
  turn(page) {
    const { length: count } = this.selection.indices;
    const last = Math.max(Math.ceil(count / PER_PAGE) - 1, 0);
    this.page = Math.min(Math.max(page, 0), last);
    const from = this.page * PER_PAGE;
    const span = { from: from + 1, to: Math.min(from + PER_PAGE, count), count };
    this.range.textContent = this.context.t("selection.range", span);
    this.pager.hidden = count <= PER_PAGE;
    this.before.disabled = this.page === 0;
    this.after.disabled = this.page === last;
    this.filled = null;
    this.pages.ask(this.page);
  }

  /** A tile never carries the picture of another sample: it is filled once its picture is there. */
  async load(page) {
    const { indices, labels, values, measure } = this.selection;
    const from = page * PER_PAGE;
    const samples = indices.slice(from, from + PER_PAGE).map((index, at) => (
      { index, label: labels[index], distance: values.get(measure)[index], at: from + at }
    ));
    const { pictures } = this.context.feed;
    const failed = await pictures.load(samples.map(({ index }) => index)).then(() => false, () => true);
    if (this.listening.signal.aborted || page !== this.page || indices !== this.selection.indices) return;
    this.note.hidden = !failed;
    this.grid.show(samples);
    this.filled = page;
    if (this.stepping) this.grid.focus(this.selection.at - from);
    this.stepping = false;
  }

  /** @param {KeyboardEvent} event */
  walk(event) {
    const { selection, grid } = this;
    const all = selection.indices.length;
    const ways = { ...grid.steps(), PageDown: PER_PAGE, PageUp: -PER_PAGE, Home: -all, End: all };
    const step = ways[event.key];
    if (step === undefined || !grid.tiles.some(({ control }) => control === event.target)) return;
    event.preventDefault();
    event.stopPropagation();
    selection.look(selection.at + step);
  }

  /** To the tile of the current sample, once its page is there. */
  follow() {
    const page = Math.floor(this.selection.at / PER_PAGE);
    this.stepping = page !== this.filled;
    if (!this.stepping) this.grid.focus(this.selection.at - page * PER_PAGE);
    else if (page !== this.page) this.turn(page);
  }

  /** @param {FocusEvent} event */
  focused({ target }) {
    const tile = this.grid.tiles.findIndex(({ control }) => control === target);
    if (tile >= 0 && this.filled !== null) this.selection.look(this.filled * PER_PAGE + tile);
  }

  dispose() {
    this.listening.abort();
    this.pages.stop();
    this.root.remove();
  }
}
