/** The decoded picture, alone or with the sample's detail, and beside it the sample that the probe started from. */

import { h, throttle } from "../core/dom.js";
import { remember } from "../core/timings.js";
import { rgbaOf, SIDE } from "../core/pixels.js";
import { addResidual, drawResidual, meanSquare } from "./detail.js";
import { placeOf } from "./gauge.js";

const READABLE = 100; // ms: a figure that changes faster cannot be read
const EMPTY = { mean: "pair.mean", sample: "pair.no_images", upload: "pair.upload.gone" }; // where there is no picture

export class PicturePair {
  /**
   * @param {HTMLElement} slot @param {import("./panel_list.js").Context} context
   * @param {import("./stream.js").DecodeStream} stream
   */
  constructor(slot, context, stream) {
    this.context = context;
    this.abort = new AbortController();
    this.compareSoon = throttle(() => this.compare(), READABLE);
    this.pixels = null;
    this.reference = null;
    this.build(slot);
    const { signal } = this.abort;
    stream.addEventListener("image", (/** @type {CustomEvent} */ event) => this.paint(event.detail), { signal });
    context.probe.addEventListener("anchor", () => this.showAnchor(), { signal });
    const found = (/** @type {CustomEvent} */ { detail }) => this.showPlace(detail.answer.density.percentile);
    context.feed.addEventListener("nearest", found, { signal });
    context.detail.addEventListener("change", () => this.showDetail(), { signal });
    this.original.addEventListener("load", () => this.takeReference(), { signal });
    this.original.addEventListener("error", () => this.noReference(), { signal });
    this.showAnchor();
    this.showDetail();
    if (context.feed.last) this.showPlace(context.feed.last.answer.density.percentile);
  }

  build(slot) {
    const { t } = this.context;
    const canvas = (testid, label) => h("canvas", {
      class: "mx-pixelated", width: SIDE, height: SIDE, role: "img", "aria-label": label, "data-testid": testid,
    });
    this.decoded = canvas("decoded", t("pair.decoded.alt"));
    this.pen = this.decoded.getContext("2d", { willReadFrequently: true });
    this.frame = this.pen.createImageData(SIDE, SIDE);
    this.frame.data.fill(255);
    this.residual = canvas("residual", t("detail.residual.help"));
    this.lacking = h("div", { class: "mx-residual", title: t("detail.residual.help"), hidden: true },
      this.residual, h("span", {}, t("detail.residual")));
    this.invented = h("span", {
      class: "mx-invented", title: t("pair.invented.help"), "data-testid": "invented", hidden: true,
    }, t("pair.invented"));
    this.name = h("figcaption", {});
    this.original = h("img", { class: "mx-pixelated", "data-testid": "original", alt: "", decoding: "async" });
    this.empty = h("div", { class: "mx-empty" });
    this.title = h("figcaption", {});
    this.error = h("p", { class: "mx-figure", "data-testid": "error" });
    this.difference = h("p", { class: "mx-figure", "data-testid": "difference" });
    this.element = h("div", { class: "mx-pair", "data-testid": "pair" },
      h("figure", { class: "mx-decoded" },
        this.name, h("div", {}, h("div", { class: "mx-drawn" }, this.decoded, this.invented), this.difference)),
      h("figure", { class: "mx-original" },
        this.title,
        h("div", {}, h("div", { class: "mx-frame" }, this.original, this.empty), this.error, this.lacking)));
    slot.append(this.element);
  }

  /** @param {{pixels: Uint8Array, inputTime: number}} picture */
  paint({ pixels, inputTime }) {
    this.pixels = pixels;
    this.put();
    this.decoded.dataset.painted = "true";
    remember(inputTime);
    this.compareSoon();
  }

  /** Beyond the data the decoder invents. @param {number} percentile of held-out images that lie in denser places */
  showPlace(percentile) {
    this.invented.hidden = placeOf(percentile) !== "off";
  }

  put() {
    addResidual(this.pixels, this.context.detail.added, this.frame.data);
    this.pen.putImageData(this.frame, 0, 0);
  }

  /** The detail has come or gone. */
  showDetail() {
    const { t, detail } = this.context;
    this.name.textContent = t(detail.shown ? "detail.title" : "pair.decoded");
    this.decoded.setAttribute("aria-label", t(detail.shown ? "detail.alt" : "pair.decoded.alt"));
    this.lacking.hidden = !detail.on;
    this.lacking.style.visibility = detail.shown ? "" : "hidden"; // until it is there, its place is kept
    if (detail.shown) this.drawResidual();
    if (this.pixels) this.put();
    this.compare();
  }

  drawResidual() {
    const pen = this.residual.getContext("2d");
    const picture = pen.createImageData(SIDE, SIDE);
    picture.data.fill(255);
    drawResidual(this.context.detail.added, picture.data);
    pen.putImageData(picture, 0, 0);
  }

  showAnchor() {
    const { probe, api, t, has_images: hasImages, classLabel } = this.context;
    const { kind, index, label, mse, picture } = probe.anchor;
    this.reference = null;
    // Without the originals a sample shows none: two blurred pictures side by side would tell nothing.
    const url = kind === "sample" ? hasImages && api.imageUrl(index) : picture;
    this.original.hidden = !url;
    this.empty.hidden = Boolean(url);
    this.empty.textContent = t(EMPTY[kind]);
    if (url) this.original.src = url;
    this.original.alt = t("pair.original.alt");
    const titles = { mean: "pair.mean.title", upload: picture ? "pair.upload" : "pair.upload.link" };
    this.title.textContent = kind === "sample" ? `${classLabel(label)} · #${index}` : t(titles[kind]);
    this.error.textContent = typeof mse === "number" ? t("pair.error", { error: mse.toFixed(4) }) : "";
    this.compare();
  }

  /** Keeps the sample's pixels, to tell how far the decoded picture has moved away from it. */
  takeReference() {
    this.reference = rgbaOf(this.original);
    this.compare();
  }

  /** A late failure of an earlier picture says nothing of the mean. */
  noReference() {
    if (this.original.hidden) return;
    this.original.hidden = true;
    this.empty.hidden = false;
    this.empty.textContent = this.context.t("pair.missing");
  }

  compare() {
    const { t, probe, has_images: hasImages } = this.context;
    const photograph = probe.anchor.kind === "upload" || (probe.anchor.kind === "sample" && hasImages);
    const known = this.pixels && this.reference && photograph;
    this.difference.textContent = known
      ? t("pair.difference", { error: meanSquare(this.frame.data, this.reference).toFixed(4) })
      : "\u00a0";
  }

  dispose() {
    this.abort.abort();
    this.compareSoon.cancel();
    this.element.remove();
  }
}
