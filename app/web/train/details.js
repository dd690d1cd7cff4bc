/** Below: the model in formats of other tools, and the settings that the training was begun with. */

import { h } from "../core/dom.js";
import { sameFilm } from "./choice.js";

const FORMATS = ["onnx", "safetensors", "projector", "csv", "npz", "parquet"];
const PARTS = ["network", "objective", "training"];

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
    this.list.replaceChildren(...PARTS.filter((part) => config[part]).flatMap((part) => this.part(part, config[part])));
  }

  part(part, fields) {
    const lines = Object.entries(fields).flatMap(([name, value]) => [
      h("dt", {}, this.label(name)), h("dd", {}, this.value(name, value, fields)),
    ]);
    return [
      h("h3", { class: "mx-fold-title" }, this.context.t(`run.settings.${part}`)),
      h("dl", { class: "mx-settings" }, ...lines),
    ];
  }

  /** A control's label, without what only the form can draw; both halves share some. */
  label(name) {
    const { strings } = this.context;
    const own = strings[`form.${name}`];
    if (own) return own.replace(/\s*:[a-z-]+\[[^\]]*\]/g, "");
    const [half, what] = name.split("_");
    return strings[`form.${what}`] ? `${strings[`form.${half}.title`]}: ${strings[`form.${what}`]}` : name;
  }

  value(name, value, fields) {
    const { strings } = this.context;
    if (name === "corruption" && !fields.noise) return strings["choice.none"];
    if (name === "power") return strings[`choice.${value}`] ?? value;
    if (typeof value === "boolean") return value ? "✓" : "–";
    if (Array.isArray(value)) return value.join(", ");
    return typeof value === "string" ? strings[`choice.${value}`] ?? value : String(value);
  }

  dispose() {
    this.slot.replaceChildren();
  }
}
