/** The right column's gauge of density. */

import { h } from "../core/dom.js";
import { percentInPrint } from "../core/figures.js";

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
  /** @param {HTMLElement} slot @param {Pick<import("./panel_list.js").Context, "t"|"feed">} context */
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
    const emptier = t(percent === "100" ? "gauge.beyond" : "gauge.percentile", { percent });
    this.verdict.replaceChildren(h("strong", {}, t(`gauge.${place}`)), ` · ${emptier}`);
  }

  dispose() {
    this.abort.abort();
    this.element.remove();
  }
}
