/** The epoch in large type, for the back row, and whether it is the newest of a training that goes on. */

import { h } from "../core/dom.js";

export class EpochLabel {
  /** @param {HTMLElement} slot @param {Say} t */
  constructor(slot, t) {
    this.t = t;
    this.element = h("div", { class: "mx-film-epoch", "data-testid": "film-epoch" });
    slot.append(this.element);
  }

  /** @param {number} epoch */
  inWords(epoch) {
    return epoch === 0 ? this.t("film.untrained") : this.t("film.epoch", { epoch });
  }

  /** @param {number} epoch @param {boolean} newest of a live film */
  show(epoch, newest) {
    const words = `${epoch} ${newest}`;
    if (words === this.words) return;
    this.words = words;
    const live = newest ? h("span", { class: "mx-film-live" }, this.t("film.live")) : "";
    this.element.replaceChildren(h("strong", {}, this.inWords(epoch)), live);
  }

  dispose() {
    this.element.remove();
  }
}
