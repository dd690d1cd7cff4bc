/**
 * One picture, every model: what each model of the data set makes of the sample or upload that the probe started from.
 * Closed at first; models are asked one after the other, so that a server loads one at a time.
 */

import { h } from "../core/dom.js";
import { percentInPrint } from "../core/figures.js";
import { siblingsOf } from "./siblings.js";

let open = false; // outlives a change of language or model

/** @typedef {{picture: string, mse: number|null, error_percentile: number|null}} Made */

export class EveryModelPanel {
  /** @param {HTMLElement} slot @param {import("../explore/panel_list.js").Context} context */
  constructor(slot, context) {
    this.context = context;
    this.abort = new AbortController();
    this.asked = 0;
    this.list = h("ol", { class: "mx-every" });
    this.note = h("p", { class: "mx-note", role: "status", "data-testid": "every-note" });
    const { t } = context;
    this.element = h("details", { class: "mx-fold", open, "data-testid": "every" },
      h("summary", { class: "mx-panel-title" }, t("every.title")),
      h("p", { class: "mx-note" }, t("every.about")), this.note, this.list);
    slot.append(this.element);
    const { signal } = this.abort;
    this.element.addEventListener("toggle", () => { open = this.element.open; this.show(); }, { signal });
    context.probe.addEventListener("anchor", () => this.show(), { signal });
    this.show();
  }

  /** The rows anew; another anchor ends it. */
  async show() {
    const mine = (this.asked += 1);
    if (!open) return;
    const current = () => mine === this.asked && !this.abort.signal.aborted;
    const { probe: { anchor }, t } = this.context;
    const source = sourceOf(anchor);
    this.note.textContent = source ? t("every.asking") : t("every.none");
    if (!source) return this.list.replaceChildren();
    const { api, card } = this.context;
    const models = await siblingsOf(api, card).catch(() => null);
    if (!current()) return;
    if (!models) return void (this.note.textContent = t("every.failed"));
    const rows = models.map((model) => this.row(model, anchor));
    this.list.replaceChildren(...rows.map(({ element }) => element));
    for (const [at, { name }] of models.entries()) {
      const made = await source(this.context.api.of(name)).catch(() => null);
      if (!current()) return;
      rows[at].fill(made);
    }
    this.note.textContent = "";
  }

  /** @param {import("../core/api.js").ModelEntry} model @param {import("../explore/probe.js").Anchor} anchor */
  row({ name, title, latent_dim: d }, anchor) {
    const { t, card, language } = this.context;
    const picture = h("img", { class: "mx-pixelated", alt: "", hidden: true });
    const numbers = h("span", { class: "mx-note" }, t("every.numbers", { d }));
    const error = h("span", { class: "mx-figure" }, "…");
    const here = name === card.name;
    const words = title[language] ?? name;
    const query = new URLSearchParams({ model: name, lang: language });
    if (anchor.index !== null) query.set("from", String(anchor.index));
    const heading = here
      ? h("strong", {}, words)
      : h("a", { href: `?${query}`, target: "_self", title: t("every.go", { name: words }) }, words);
    const element = h("li", { "data-testid": "every-row", ...(here ? { "aria-current": "true" } : {}) },
      h("span", { class: "mx-every-picture" }, picture),
      h("span", { class: "mx-every-words" }, heading, numbers, error));
    /** @param {Made|null} made */
    const fill = (made) => {
      error.textContent = made ? this.errorOf(made) : t("every.failed");
      if (made) Object.assign(picture, { src: made.picture, hidden: false, alt: t("every.alt", { name: words }) });
    };
    return { element, fill };
  }

  /** @param {Made} made */
  errorOf({ mse, error_percentile: percentile }) {
    const { t } = this.context;
    if (mse === null) return t("every.unknown");
    const error = t("pair.error", { error: mse.toFixed(4) });
    if (percentile === null) return error;
    return `${error}, ${t("upload.error.percentile", { percent: percentInPrint(percentile) })}`;
  }

  dispose() {
    this.abort.abort();
    this.element.remove();
  }
}

/**
 * @param {import("../explore/probe.js").Anchor} anchor
 * @returns {((api: import("../core/api.js").Api) => Promise<Made>)|null} what a model makes of it; null where there is
 *   no picture
 */
function sourceOf({ kind, index, picture }) {
  if (kind === "sample") {
    return async (api) => ({ ...(await api.sample(index)), picture: api.reconstructionUrl(index) });
  }
  if (kind === "upload" && picture) {
    return async (api) => {
      const answer = await api.encode(await fileOf(picture), null, 1);
      return { ...answer, picture: answer.reconstruction };
    };
  }
  return null;
}

/** @param {string} address of a picture, as data @returns {Promise<Blob>} the same pixels as a PNG */
async function fileOf(address) {
  const image = Object.assign(new Image(), { src: address });
  await image.decode();
  const canvas = h("canvas", { width: image.naturalWidth, height: image.naturalHeight });
  canvas.getContext("2d").drawImage(image, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve));
}
