/** The samples nearest to the probe in latent space: pictures, distances and the class vote. */

import { h } from "../core/dom.js";
import { TileGrid } from "./tiles.js";
import { VoteBar } from "./vote.js";

const MOST = 50;

export class NearestPanel {
  /**
   * @param {HTMLElement} root where the panel goes
   * @param {import("./panels.js").Context} context; its `feed` finds the samples
   */
  constructor(root, context) {
    this.context = context;
    this.k = context.feed.k;
    this.listening = new AbortController();
    this.build(root);
    this.listen();
    if (context.feed.last) this.show(context.feed.last);
  }

  dispose() {
    this.listening.abort();
    this.root.remove();
  }

  most() {
    return Math.min(MOST, this.context.card.n);
  }

  build(root) {
    const { t, probe, feed } = this.context;
    const onPick = (index) => probe.goToSample(index);
    this.grid = new TileGrid(this.context, feed.pictures, { label: t("nearest.list"), onPick });
    this.grid.reserve(this.k);
    this.vote = new VoteBar(this.context);
    this.note = h("p", { class: "mx-note", role: "status" });
    this.explain("");
    this.about = h("p", { class: "mx-note", "data-testid": "nearest-of" }, t("nearest.of.probe"));
    const parts = [this.header(), this.about, this.note, this.vote.root, this.grid.root];
    this.root = h("div", { class: "mx-nearest", "data-testid": "nearest" }, ...parts);
    root.append(this.root);
  }

  header() {
    const { t } = this.context;
    const shared = {
      min: 1, max: this.most(), value: this.k, "aria-label": t("nearest.k"), title: t("nearest.k.help"),
    };
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
    this.number.addEventListener("change", () => (this.number.value = String(this.k)), { signal });
    this.number.addEventListener("blur", () => (this.number.value = String(this.k)), { signal });
  }

  /**
   * A number box that is emptied to type anew asks for nothing until it holds a number again; one beyond the ends
   * becomes the end.
   */
  readK(control) {
    if (control.value === "") return;
    const asked = Number(control.value);
    this.k = clamp(Math.round(asked), 1, this.most());
    this.slider.value = String(this.k);
    this.fillTrack();
    if (control === this.slider || clamp(asked, 1, this.most()) !== asked) this.number.value = String(this.k);
    this.context.setK(this.k);
  }

  fillTrack() {
    const part = (this.k - 1) / Math.max(this.most() - 1, 1);
    this.slider.style.setProperty("--mx-filled", `${100 * part}%`);
  }

  /** @param {import("./feed.js").Found} found a tile never carries two samples: the pictures are there already */
  show({ answer: { neighbours, votes }, without, pictures }) {
    const { t } = this.context;
    this.grid.show(neighbours);
    this.vote.show(votes);
    this.about.textContent = without === null ? t("nearest.of.probe") : t("nearest.of.sample", { index: without });
    this.explain(pictures ? "" : t("nearest.failed.pictures"));
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
