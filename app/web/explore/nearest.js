/** The samples nearest to the probe, in one space or in several side by side: how many, which, and what they share. */

import { h } from "../core/dom.js";
import { NearControls } from "./near_controls.js";
import { saveTable, tableOf } from "./near_table.js";
import { Neighbourhood } from "./neighbourhood.js";
import { NEAREST_MOST } from "../shared/contract.js";
import { ALL, shownSpaces, sharedBy } from "./spaces.js";

export class NearestPanel {
  /**
   * @param {HTMLElement} root where the panel goes
   * @param {import("./panel_list.js").Context} context; its `feed` finds the samples
   */
  constructor(root, context) {
    this.context = context;
    this.choice = context.feed.choice;
    /** @type {Neighbourhood[]} */
    this.columns = [];
    this.listening = new AbortController();
    this.build(root);
    this.listen();
    this.arrange();
    if (context.feed.last) this.show(context.feed.last);
  }

  dispose() {
    this.listening.abort();
    this.root.remove();
  }

  most() {
    return Math.min(NEAREST_MOST, this.context.card.n);
  }

  build(root) {
    const { t } = this.context;
    this.controls = new NearControls(this.context, (change) => this.choose(change), () => this.save());
    this.note = h("p", { class: "mx-note", role: "status" });
    this.explain("");
    this.about = h("p", { class: "mx-note", "data-testid": "nearest-of" }, t("nearest.of.probe"));
    this.compared = h("p", { class: "mx-note", "data-testid": "nearest-compared" });
    this.shared = h("p", { class: "mx-near-shared", "data-testid": "nearest-shared", title: t("upload.shared.help") });
    this.side = h("div", { class: "mx-near-columns" });
    const about = h("div", {}, this.about, this.compared);
    const parts = [this.header(), this.controls.root, about, this.note, this.shared, this.side];
    this.root = h("div", { class: "mx-nearest", "data-testid": "nearest" }, ...parts);
    root.append(this.root);
  }

  header() {
    const { t } = this.context;
    const { k } = this.choice;
    const most = this.most();
    const title = t("nearest.k.help", { most });
    const shared = { min: 1, max: most, value: k, "aria-label": t("nearest.k"), title };
    this.slider = h("input", { ...shared, type: "range", "data-testid": "nearest-k" });
    this.number = h("input", { ...shared, type: "number", class: "mx-k-number", inputmode: "numeric" });
    const control = h("div", { class: "mx-k" },
      h("span", { class: "mx-muted", "aria-hidden": "true" }, "k"), h("span", { class: "mx-slider" }, this.slider),
      this.number);
    this.fillTrack();
    return h("header", { class: "mx-nearest-header" },
      h("h3", { class: "mx-panel-title" }, t("nearest.title")), control);
  }

  listen() {
    const { t, feed } = this.context;
    const { signal } = this.listening;
    feed.addEventListener("nearest", (/** @type {CustomEvent} */ { detail }) => this.show(detail), { signal });
    feed.addEventListener("failed", () => this.explain(t("nearest.failed")), { signal });
    for (const control of [this.slider, this.number]) {
      control.addEventListener("input", () => this.readK(control), { signal });
      control.addEventListener("keydown", (event) => event.stopPropagation(), { signal });
    }
    const restore = () => { this.number.value = String(this.choice.k); };
    for (const event of ["change", "blur"]) this.number.addEventListener(event, restore, { signal });
  }

  /** @param {Partial<import("./feed.js").Choice>} change */
  choose(change) {
    this.choice = { ...this.choice, ...change };
    if (change.near) this.arrange();
    this.context.choose(change);
  }

  /** A list for each space on show. */
  arrange() {
    const { context, choice: { near, k } } = this;
    for (const column of this.columns) column.dispose();
    this.columns = shownSpaces(near, context.card).map((space) => new Neighbourhood(context, space, k));
    this.side.replaceChildren(...this.columns.map(({ root }) => root));
    const many = this.columns.length > 1 ? `mx-near-many mx-near-many-${this.columns.length}` : "";
    this.side.className = `mx-near-columns ${many}`;
    this.shared.textContent = this.compared.textContent = "";
  }

  /**
   * A number box that is emptied to type anew asks for nothing until it holds a number again; one beyond the ends
   * becomes the end.
   */
  readK(control) {
    if (control.value === "") return;
    const asked = Number(control.value);
    const k = clamp(Math.round(asked), 1, this.most());
    this.choose({ k });
    this.slider.value = String(k);
    this.fillTrack();
    if (control === this.slider || clamp(asked, 1, this.most()) !== asked) this.number.value = String(k);
  }

  fillTrack() {
    const part = (this.choice.k - 1) / Math.max(this.most() - 1, 1);
    this.slider.style.setProperty("--mx-filled", `${100 * part}%`);
  }

  /** @param {import("./feed.js").Found} found a tile never carries two samples: the pictures are there already */
  show(found) {
    const { lists, without, pictures, choice } = found;
    const { t } = this.context;
    if (choice.near !== this.choice.near) return; // its answer is still to come
    const named = this.columns.map(({ space }) => lists[space]);
    const others = (space) => Object.values(lists).filter((list) => list.space !== space);
    for (const column of this.columns) column.show(lists[column.space], others(column.space), choice.metric);
    this.found = named.every(Boolean) ? found : null;
    this.controls.allowSaving(this.found !== null);
    this.shared.classList.toggle("mx-near-waits", !this.found);
    if (this.found) {
      this.shared.textContent = this.inCommon(lists);
      this.compared.textContent = lists.pixel ? t(`nearest.compared.${lists.pixel.compared}`) : "";
    }
    this.about.textContent = without === null ? t("nearest.of.probe") : t("nearest.of.sample", { index: without });
    this.explain(pictures ? "" : t("nearest.failed.pictures"));
  }

  /**
   * How many of latent space's nearest are also nearest elsewhere: one sentence.
   * @param {Object<string, import("../core/api.js").NearList>} lists
   */
  inCommon(lists) {
    const { latent, ...beside } = lists;
    const counts = Object.entries(beside).map(([space, { neighbours }]) =>
      [space, sharedBy(latent.neighbours, neighbours).length]);
    if (!counts.length) return "";
    const { near } = this.choice;
    const key = near === ALL && counts.length > 1 ? ALL : counts[0][0];
    return this.context.t(`nearest.shared.${key}`, { k: latent.neighbours.length, ...Object.fromEntries(counts) });
  }

  save() {
    if (!this.found) return;
    saveTable(tableOf(this.found, this.columns.map(({ space }) => space), this.context), this.context);
  }

  explain(problem) {
    const { has_images: originals, t } = this.context;
    this.note.textContent = problem || (originals ? "" : t("nearest.reconstructions"));
    this.note.classList.toggle("mx-note-problem", problem !== "");
  }
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
