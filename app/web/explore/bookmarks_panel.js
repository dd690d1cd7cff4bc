/** The bookmarks: keep a place, go to one, rename, delete, save all with the trail as a file, open such a file. */

import { weightsOf } from "../core/api.js";
import { listenToClicker } from "../core/clicker.js";
import { h, icon } from "../core/dom.js";
import { download } from "../core/download.js";
import { BOOKMARKS_MOST, FILE_MOST, fileOf, FileProblem, read, tidyName } from "./bookmark_file.js";
import { Bookmarks } from "./bookmarks.js";
import { goTo, placeOfProbe } from "./places.js";
import { Thumbnails } from "./thumbnails.js";

/** Whether the panel is open, by page: it outlives a change of language or model, and nothing else. */
const opened = new WeakSet();

export class BookmarksPanel {
  /** @param {HTMLElement} slot @param {import("./panel_list.js").Context} context */
  constructor(slot, context) {
    const { api, card } = context;
    this.context = context;
    this.bookmarks = new Bookmarks({ model: card.name, d: card.latent_dim, n: card.n }, weightsOf(card));
    this.thumbnails = new Thumbnails(api.decodeUrl());
    this.abort = new AbortController();
    listenToClicker((step) => this.turn(step), this.abort.signal);
    this.build(slot);
    this.bookmarks.addEventListener("change", () => this.show());
    this.show();
  }

  build(slot) {
    const { t, root } = this.context;
    const button = (name, onclick) => h("button", {
      type: "button", class: "mx-button", title: t(`bookmarks.${name}.help`), onclick,
      "data-testid": `bookmarks-${name}`,
    }, t(`bookmarks.${name}`));
    this.count = h("span", { class: "mx-muted" });
    this.rows = h("ul", { class: "mx-bookmarks-list", "data-testid": "bookmarks-list" });
    this.said = h("p", { class: "mx-note", role: "status", "data-testid": "bookmarks-said" });
    this.chooser = h("input", {
      type: "file", accept: ".json,application/json", hidden: true, "data-testid": "bookmarks-file",
      onchange: () => this.open(),
    });
    this.keep = button("keep", () => this.keepHere());
    const actions = h("div", { class: "mx-actions" },
      this.keep, button("save", () => this.save()), button("open", () => this.chooser.click()), this.chooser);
    const about = { class: "mx-panel-title", title: t("bookmarks.help") };
    const summary = h("summary", about, t("bookmarks.title"), this.count);
    this.element = h("details", { class: "mx-fold mx-bookmarks", open: opened.has(root), "data-testid": "bookmarks" },
      summary, this.rows, actions, this.said);
    this.element.addEventListener("toggle", () => this.toggled());
    slot.append(this.element);
  }

  toggled() {
    opened[this.element.open ? "add" : "delete"](this.context.root);
    this.draw();
  }

  show() {
    const { t } = this.context;
    const { list, full, kept } = this.bookmarks;
    this.count.textContent = list.length ? ` · ${list.length}` : "";
    this.keep.setAttribute("aria-disabled", String(full));
    this.rows.replaceChildren(...list.map((bookmark) => this.row(bookmark)));
    this.say(kept ? (list.length ? "" : t("bookmarks.none")) : t("bookmarks.not_kept"));
    this.draw();
  }

  /** @param {import("./bookmarks.js").Bookmark} bookmark */
  row(bookmark) {
    const { t } = this.context;
    const { name } = bookmark;
    const words = t("bookmarks.go", { name });
    const address = this.thumbnails.of(bookmark.latent);
    const style = { visibility: address ? "" : "hidden" };
    const picture = h("img", { class: "mx-pixelated", alt: "", src: address, style });
    const rename = h("input", {
      type: "text", value: name, maxlength: 80, "aria-label": t("bookmarks.name"), title: t("bookmarks.rename.help"),
      onchange: () => this.bookmarks.rename(bookmark, tidyName(rename.value) || name),
    });
    return h("li", { class: "mx-bookmark", "data-testid": "bookmark" },
      h("button", {
        type: "button", class: "mx-bookmark-go", title: words, "aria-label": words,
        onclick: () => this.go(bookmark),
      }, picture),
      rename,
      h("button", {
        type: "button", class: "mx-button mx-button-icon", title: t("bookmarks.delete"),
        "aria-label": t("bookmarks.delete.of", { name }), onclick: () => this.remove(bookmark),
      }, icon("remove")));
  }

  /** Pictures that are missing are decoded once the panel is open. */
  async draw() {
    const { list } = this.bookmarks;
    if (!this.element.open) return;
    await this.thumbnails.load(list.map(({ latent }) => latent)).catch(() => {});
    if (list !== this.bookmarks.list) return;
    this.rows.querySelectorAll("img").forEach((image, at) => {
      const address = this.thumbnails.of(list[at].latent);
      if (address) Object.assign(image, { src: address }).style.visibility = "";
    });
  }

  /** To the bookmark after or before the one that was gone to last. @param {1|-1} step */
  turn(step) {
    const { list } = this.bookmarks;
    const last = list.indexOf(this.last);
    const next = list[last < 0 && step < 0 ? list.length - 1 : last + step];
    if (next) this.go(next);
    return list.length > 0;
  }

  /** @param {import("./bookmarks.js").Bookmark} bookmark */
  go(bookmark) {
    this.last = bookmark;
    goTo(this.context.probe, bookmark);
  }

  keepHere() {
    const { t, probe } = this.context;
    if (this.bookmarks.full) return this.say(t("bookmarks.full", { most: BOOKMARKS_MOST }));
    const place = { name: this.nameHere(), ...placeOfProbe(probe), latent: Array.from(probe.latent) };
    if (!this.bookmarks.add([place])) return this.say(t("bookmarks.known"));
    const newest = /** @type {HTMLInputElement} */ (this.rows.querySelector("li:last-child input"));
    newest.focus({ preventScroll: true });
    newest.select();
  }

  /** @returns {string} what a person would call the place where the probe is */
  nameHere() {
    const { t, probe, feed, classLabel } = this.context;
    const { kind, label, index } = probe.anchor;
    if (probe.atAnchor() && kind !== "sample") return t(kind === "mean" ? "pair.mean.title" : "pair.upload");
    if (probe.atAnchor()) return `${classLabel(label)} · #${index}`;
    const votes = feed.last?.answer.votes ?? [];
    const ranked = [...votes.keys()].filter((at) => votes[at] > 0).sort((a, b) => votes[b] - votes[a]);
    const [one, other] = ranked.map(classLabel);
    if (other) return t("bookmarks.between", { one, other });
    return one ? t("bookmarks.near", { one }) : t("bookmarks.place");
  }

  /** The keyboard goes on at the row that takes the place. @param {import("./bookmarks.js").Bookmark} bookmark */
  remove(bookmark) {
    const at = this.bookmarks.list.indexOf(bookmark);
    this.bookmarks.remove(bookmark);
    const rows = this.rows.querySelectorAll(".mx-bookmark-go");
    const next = /** @type {HTMLElement} */ (rows[Math.min(at, rows.length - 1)] ?? this.keep);
    next.focus({ preventScroll: true });
  }

  save() {
    const { bookmarks: { kind, list }, context: { trail } } = this;
    const file = new Blob([fileOf(kind, list, trail.places)], { type: "application/json" });
    download(file, `places-${kind.model}.json`);
  }

  /** A file that is none changes nothing. */
  async open() {
    const { t, trail } = this.context;
    const [file] = this.chooser.files;
    this.chooser.value = "";
    if (!file) return;
    try {
      if (file.size > FILE_MOST) throw new FileProblem("bookmarks.file.other");
      const { bookmarks, trail: older } = read(await file.text(), this.bookmarks.kind);
      const added = this.bookmarks.add(bookmarks);
      trail.precede(older);
      this.say(t("bookmarks.opened", { added, count: bookmarks.length, most: BOOKMARKS_MOST }));
    } catch (problem) {
      const { message, values } = problem instanceof FileProblem ? problem : new FileProblem("bookmarks.file.other");
      this.say(t(message, { own: this.bookmarks.kind.model, ...values }));
    }
  }

  /** @param {string} words */
  say(words) {
    this.said.textContent = words;
  }

  dispose() {
    this.abort.abort();
    this.bookmarks.dispose();
    this.element.remove();
  }
}
