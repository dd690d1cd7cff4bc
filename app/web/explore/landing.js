/** Where a picture landed: what the model sees, what it makes of it, and the samples that lie nearest. */

import { h } from "../core/dom.js";
import { percentInPrint } from "../core/figures.js";
import { picturesOf } from "../core/pictures.js";
import { placeOf } from "./gauge.js";
import { TileGrid } from "./tiles.js";

export class Landing {
  /**
   * @param {import("./panel_list.js").Context} context
   * @param {() => void} onGo the person wants the probe at the picture
   */
  constructor(context, onGo) {
    this.context = context;
    this.pictures = picturesOf(context.api);
    this.seen = h("img", { class: "mx-pixelated mx-landing-picture", alt: context.t("upload.seen") });
    this.made = h("img", { class: "mx-pixelated mx-landing-picture", alt: context.t("upload.reconstruction") });
    this.error = h("output", { class: "mx-landing-error", "data-testid": "upload-error" });
    this.rank = h("span", { class: "mx-muted", "data-testid": "upload-error-rank" });
    this.odd = h("p", { class: "mx-note mx-note-problem", "data-testid": "upload-odd" }, context.t("upload.error.odd"));
    this.shared = h("p", { class: "mx-landing-shared", title: context.t("upload.shared.help") });
    this.latent = this.grid("upload.nearest.latent");
    this.pixel = this.grid("upload.nearest.pixel");
    this.against = h("p", { class: "mx-note" });
    this.root = h("div", { class: "mx-landing", hidden: true }, this.facts(onGo), this.odd, this.lists());
  }

  /** @param {object} answer of POST encode; complete when its pictures are painted */
  async show(answer) {
    const { latent, pixel } = answer.nearest;
    await this.pictures.load([...latent, ...pixel].map(({ index }) => index)).catch(() => {});
    this.seen.src = answer.picture;
    this.made.src = answer.reconstruction;
    this.showError(answer);
    this.showLists(answer.nearest);
    this.root.hidden = false;
  }

  /** Forget the pictures. */
  clear() {
    this.root.hidden = true;
    for (const picture of [this.seen, this.made]) picture.removeAttribute("src");
  }

  facts(onGo) {
    const { t } = this.context;
    const figure = (picture, words) => h("figure", { class: "mx-landing-figure" }, picture, h("figcaption", {}, words));
    const go = h("button", { type: "button", class: "mx-button", title: t("upload.go.help"), onclick: onGo },
      t("upload.go"));
    const error = h("div", { title: t("upload.error.help") },
      h("span", { class: "mx-muted" }, t("upload.error")), this.error, this.rank);
    const side = h("div", { class: "mx-landing-side" }, error, go);
    return h("div", { class: "mx-landing-facts" },
      figure(this.seen, t("upload.seen")), figure(this.made, t("upload.reconstruction")), side);
  }

  lists() {
    const { t } = this.context;
    const column = (grid, key) =>
      h("div", {}, h("h4", { class: "mx-landing-title", title: t(`${key}.help`) }, t(key)), grid.root);
    const columns = [column(this.latent, "upload.nearest.latent"), column(this.pixel, "upload.nearest.pixel")];
    return h("div", { class: "mx-landing-nearest" },
      this.shared, h("div", { class: "mx-landing-columns" }, ...columns), this.against);
  }

  grid(key) {
    const onPick = (index) => this.context.probe.goToSample(index);
    return new TileGrid(this.context, this.pictures, { label: this.context.t(key), onPick });
  }

  showLists({ latent, pixel, shared, against }) {
    const { t } = this.context;
    const indices = new Set(latent.map(({ index }) => index));
    const both = new Set(pixel.map(({ index }) => index).filter((index) => indices.has(index)));
    this.latent.show(latent, both);
    this.pixel.show(pixel, both);
    this.shared.textContent = t(shared ? "upload.shared" : "upload.shared.none", { shared, k: latent.length });
    this.against.textContent = against === "reconstructions" ? t("upload.against.reconstructions") : "";
  }

  /** The error, and its rank among those of held-out images where these are known. */
  showError({ mse, error_percentile: percentile }) {
    const known = typeof percentile === "number";
    this.error.textContent = mse.toFixed(4);
    this.rank.textContent = known
      ? this.context.t("upload.error.percentile", { percent: percentInPrint(percentile) })
      : "";
    this.odd.hidden = !known || placeOf(percentile) !== "off";
  }
}
