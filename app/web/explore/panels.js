/** The right column's own panels: the pair of pictures and the gauge of density. */

import { h, throttle } from "../core/dom.js";
import { percentInPrint } from "../core/figures.js";
import { remember } from "../core/timings.js";

const READABLE = 100; // ms: a figure that changes faster cannot be read
const SIDE = 32;
const BYTES = SIDE * SIDE * 3;
// where there is no picture
const EMPTY = { mean: "pair.mean", sample: "pair.no_images", upload: "pair.upload.gone", walk: "pair.walk" };

/**
 * @typedef {ReturnType<typeof import("./panel_list.js").contextOf>} Context what the panels are given
 */

/** The decoded picture, and beside it the sample that the probe started from. */
export class PicturePair {
  /** @param {HTMLElement} slot @param {Context} context @param {import("./stream.js").DecodeStream} stream */
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
    this.original.addEventListener("load", () => this.takeReference(), { signal });
    this.original.addEventListener("error", () => this.noReference(), { signal });
    this.showAnchor();
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
    this.original = h("img", { class: "mx-pixelated", "data-testid": "original", alt: "", decoding: "async" });
    this.empty = h("div", { class: "mx-empty" });
    this.title = h("figcaption", {});
    this.error = h("p", { class: "mx-figure", "data-testid": "error" });
    this.difference = h("p", { class: "mx-figure", "data-testid": "difference" });
    this.element = h("div", { class: "mx-pair", "data-testid": "pair" },
      h("figure", { class: "mx-decoded" },
        h("figcaption", {}, t("pair.decoded")), h("div", {}, this.decoded, this.difference)),
      h("figure", { class: "mx-original" },
        this.title, h("div", {}, h("div", { class: "mx-frame" }, this.original, this.empty), this.error)));
    slot.append(this.element);
  }

  /** @param {{pixels: Uint8Array, inputTime: number}} picture */
  paint({ pixels, inputTime }) {
    const { data } = this.frame;
    for (let from = 0, to = 0; from < BYTES; from += 3, to += 4) {
      data[to] = pixels[from];
      data[to + 1] = pixels[from + 1];
      data[to + 2] = pixels[from + 2];
    }
    this.pen.putImageData(this.frame, 0, 0);
    this.decoded.dataset.painted = "true";
    remember(inputTime);
    this.pixels = pixels;
    this.compareSoon();
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
    const uploaded = picture ? "pair.upload" : "pair.upload.link";
    const titles = { mean: "pair.mean.title", upload: uploaded, walk: "pair.walk.title" };
    this.title.textContent = kind === "sample" ? `${classLabel(label)} · #${index}` : t(titles[kind]);
    this.error.textContent = typeof mse === "number" ? t("pair.error", { error: mse.toFixed(4) }) : "";
    this.compare();
  }

  /** Keeps the sample's pixels, to tell how far the decoded picture has moved away from it. */
  takeReference() {
    const pen = h("canvas", { width: SIDE, height: SIDE }).getContext("2d", { willReadFrequently: true });
    pen.drawImage(this.original, 0, 0, SIDE, SIDE);
    this.reference = pen.getImageData(0, 0, SIDE, SIDE).data;
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
      ? t("pair.difference", { error: meanSquare(this.pixels, this.reference).toFixed(4) })
      : "\u00a0";
  }

  dispose() {
    this.abort.abort();
    this.compareSoon.cancel();
    this.element.remove();
  }
}

/**
 * @param {Uint8Array} rgb @param {Uint8ClampedArray} rgba
 * @returns {number} mean squared difference, pixels counted as 0 to 1
 */
function meanSquare(rgb, rgba) {
  let sum = 0;
  for (let at = 0, other = 0; at < BYTES; at += 3, other += 4) {
    for (let channel = 0; channel < 3; channel += 1) sum += (rgb[at + channel] - rgba[other + channel]) ** 2;
  }
  return sum / BYTES / 255 ** 2;
}

const EDGE = 90; // percentiles of the held-out images, from which a place is called so
const OFF = 97.5;

/**
 * @param {number} percentile of held-out images that lie in denser places, 0 to 100
 * @returns {"on"|"edge"|"off"} where that is: among the training data, at their edge or beyond
 */
export function placeOf(percentile) {
  return percentile < EDGE ? "on" : percentile < OFF ? "edge" : "off";
}

/** How dense the training data are around the probe, beside the places of held-out images. */
export class Gauge {
  /** @param {HTMLElement} slot @param {Context} context */
  constructor(slot, context) {
    this.context = context;
    this.abort = new AbortController();
    const { t, feed } = context;
    this.mark = h("span", { class: "mx-gauge-mark" });
    this.verdict = h("p", { class: "mx-gauge-verdict", "data-testid": "density" });
    this.bar = h("div", { class: "mx-gauge-bar" }, this.mark); // a meter once it has something to say
    this.element = h("div", { class: "mx-gauge", title: t("gauge.help") }, this.verdict, this.bar);
    slot.append(this.element);
    const found = (/** @type {CustomEvent} */ { detail }) => this.show(detail.answer.density.percentile);
    feed.addEventListener("nearest", found, { signal: this.abort.signal });
    if (feed.last) this.show(feed.last.answer.density.percentile);
  }

  /** @param {number} percentile of held-out images that lie in denser places */
  show(percentile) {
    const { t } = this.context;
    const place = placeOf(percentile);
    this.element.dataset.place = place;
    this.mark.style.left = `${percentile}%`;
    const said = {
      role: "meter", "aria-label": t("gauge.title"), "aria-valuemin": 0, "aria-valuemax": 100,
      "aria-valuenow": percentile.toFixed(1),
    };
    for (const [name, value] of Object.entries(said)) this.bar.setAttribute(name, String(value));
    const percent = percentInPrint(percentile);
    this.verdict.replaceChildren(
      h("strong", {}, t(`gauge.${place}`)), ` · ${t(percent === "100" ? "gauge.beyond" : "gauge.percentile", { percent })}`,
    );
  }

  dispose() {
    this.abort.abort();
    this.element.remove();
  }
}
