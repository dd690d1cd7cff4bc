/** Below: the model in formats of other tools, and the settings that the training was begun with. */

import { h } from "../core/dom.js";
import { settingsOf } from "../core/settings.js";
import { sameFilm } from "./choice.js";

const FORMATS = ["onnx", "safetensors", "projector", "csv", "npz", "parquet"];

export class DetailsPanel {
  /**
   * @param {HTMLElement} slot @param {import("./page.js").Context} context @param {import("./watch.js").Watch} watch
   */
  constructor(slot, context, watch) {
    this.slot = slot;
    this.context = context;
    this.watch = watch;
    const { t } = context;
    this.formats = h("ul", { class: "mx-exports" });
    this.exports = h("details", { class: "mx-fold", "data-testid": "exports" },
      h("summary", {}, t("run.export")), this.formats);
    this.list = h("div");
    this.settings = h("details", { class: "mx-fold", "data-testid": "settings" },
      h("summary", {}, t("run.settings")), this.list);
    slot.replaceChildren(this.exports, this.settings);
  }

  /** @param {import("./watch.js").Entry|null} entry */
  show(entry) {
    this.slot.hidden = entry === null || !entry.readable;
    if (!entry) return;
    this.exports.hidden = !entry.has_model;
    if (sameFilm(entry, this.entry)) return;
    this.entry = entry;
    this.formats.replaceChildren(...FORMATS.map((format) => this.download(entry, format)));
    this.fetch(entry);
  }

  download(entry, format) {
    const href = `${this.watch.base}api/models/${encodeURIComponent(entry.name)}/export/${format}`;
    return h("li", {},
      h("a", { href, download: true, "data-testid": `export-${format}` }, this.context.t(`run.export.${format}`)));
  }

  async fetch(entry) {
    const config = await this.watch.config(entry).catch(() => ({}));
    if (!sameFilm(entry, this.entry)) return;
    this.list.replaceChildren(...settingsOf(config, this.context.strings).flatMap(this.part));
  }

  part({ title, lines }) {
    return [
      h("h3", { class: "mx-fold-title" }, title),
      h("dl", { class: "mx-settings" },
        ...lines.flatMap(({ label, value }) => [h("dt", {}, label), h("dd", {}, value)])),
    ];
  }

  dispose() {
    this.slot.replaceChildren();
  }
}
