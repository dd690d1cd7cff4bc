/** The samples nearest to the probe in latent space: pictures, distances and the class vote. */

import { h } from "./dom.js";
import { newestWins } from "./newest.js";
import { picturesOf } from "./pictures.js";
import { TileGrid } from "./tiles.js";
import { VoteBar } from "./vote.js";

const MOST = 50;
const PAUSE = 150; // ms between two requests while the probe moves

export class NearestPanel {
  /**
   * @param {HTMLElement} root where the panel goes
   * @param {object} context the scene's context; `k` is the number of neighbours, `setK` hears of a change
   */
  constructor(root, context) {
    this.context = context;
    this.k = context.k;
    this.pictures = picturesOf(context.api);
    this.requests = newestWins(() => this.refresh(), PAUSE);
    this.listening = new AbortController();
    this.build(root);
    this.listen();
    this.requests.ask();
  }

  dispose() {
    this.listening.abort();
    this.requests.stop();
    this.context.overlay.setNeighbours([]);
    this.root.remove();
  }

  most() {
    return Math.min(MOST, this.context.card.n);
  }

  build(root) {
    const { t, probe } = this.context;
    const onPick = (index) => probe.goToSample(index);
    this.grid = new TileGrid(this.context, this.pictures, { label: t("nearest.list"), onPick });
    this.grid.reserve(this.k);
    this.vote = new VoteBar(this.context);
    this.note = h("p", { class: "mx-note", role: "status" });
    this.explain("");
    this.root = h("div", { class: "mx-nearest", "data-testid": "nearest" }, this.header(), this.note, this.vote.root, this.grid.root);
    root.append(this.root);
  }

  header() {
    const { t } = this.context;
    const shared = { min: 1, max: this.most(), value: this.k, "aria-label": t("nearest.k"), title: t("nearest.k.help") };
    this.slider = h("input", { ...shared, type: "range", "data-testid": "nearest-k" });
    this.number = h("input", { ...shared, type: "number", class: "mx-k-number", inputmode: "numeric" });
    const control = h("div", { class: "mx-k" }, h("span", { class: "mx-muted", "aria-hidden": "true" }, "k"), h("span", { class: "mx-slider" }, this.slider), this.number);
    this.fillTrack();
    return h("header", { class: "mx-nearest-header" }, h("h3", { class: "mx-panel-title" }, t("nearest.title")), control);
  }

  listen() {
    const { signal } = this.listening;
    for (const event of ["move", "settle"]) {
      this.context.probe.addEventListener(event, () => this.requests.ask(), { signal });
    }
    for (const control of [this.slider, this.number]) {
      control.addEventListener("input", () => this.readK(control), { signal });
      control.addEventListener("keydown", (event) => event.stopPropagation(), { signal });
    }
    this.number.addEventListener("blur", () => (this.number.value = this.k), { signal });
  }

  /** A number box that is emptied to type anew asks for nothing until it holds a number again. */
  readK(control) {
    if (control.value === "") return;
    this.k = clamp(Math.round(Number(control.value)), 1, this.most());
    this.slider.value = this.k;
    this.fillTrack();
    if (control === this.slider) this.number.value = this.k;
    this.context.setK(this.k);
    this.requests.ask();
  }

  fillTrack() {
    const part = (this.k - 1) / Math.max(this.most() - 1, 1);
    this.slider.style.setProperty("--mx-filled", `${100 * part}%`);
  }

  /** Ask for the neighbours, then for their pictures, then show both at once: a tile never carries two samples. */
  async refresh() {
    const { api, probe, t } = this.context;
    const answer = await api.nearest(probe.latent, this.k, "latent").catch(() => null);
    if (!answer) return this.explain(t("nearest.failed"));
    const pictures = await this.pictures.load(answer.neighbours.map(({ index }) => index)).then(() => true, () => false);
    if (!this.listening.signal.aborted) this.show(answer, pictures);
  }

  show({ neighbours, votes }, pictures) {
    const { overlay, points, t } = this.context;
    this.grid.show(neighbours);
    this.vote.show(votes);
    overlay.setNeighbours(neighbours.map(({ index }) => points.subarray(3 * index, 3 * index + 3)));
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
