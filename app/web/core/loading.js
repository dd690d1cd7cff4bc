/**
 * What is still on its way, and how far it is: in the empty scene, and before there is one in the page's own HTML
 * (`app/web/start/`).
 */

import { h } from "./dom.js";
import { progress } from "./progress.js";

const KB = 1000;

export class Loading {
  /** @param {HTMLElement} slot @param {HTMLElement|null} [box] the one that stands in the page already */
  constructor(slot, box = null) {
    this.box = box ?? h("div", { class: "mx-loading", "data-testid": "loading" },
      h("p", { role: "status" }), h("progress", { max: 1 }), h("p", { "aria-hidden": "true" }));
    const [words, bar, figures] = this.box.children;
    this.words = words;
    this.bar = /** @type {HTMLProgressElement} */ (bar);
    this.figures = figures;
    this.slot = slot;
    /** @type {AbortController|null} */
    this.abort = null;
  }

  /** @param {Say} t */
  show(t) {
    this.hide();
    this.abort = new AbortController();
    progress.addEventListener("change", () => this.tell(t), { signal: this.abort.signal });
    this.slot.append(this.box);
    this.tell(t);
  }

  /** @param {Say} t */
  tell(t) {
    const { done, total } = progress.sum;
    const words = t(`loading.${progress.missing ?? (progress.parts.has("points") ? "drawing" : "code")}`);
    if (this.words.textContent !== words) this.words.textContent = words;
    this.bar.setAttribute("aria-label", words);
    this.bar.value = total ? done / total : 0;
    this.figures.textContent = t("loading.figures", { done: Math.round(done / KB), total: Math.round(total / KB) });
  }

  hide() {
    this.abort?.abort();
    this.box.remove();
  }
}
