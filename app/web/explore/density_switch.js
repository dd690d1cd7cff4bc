/** Whether the cloud shows where the training data are dense. */

import { h } from "../core/dom.js";
import { Contours } from "../view/contours.js";

let wanted = false; // outlives a change of language or model

export class DensitySwitch {
  /**
   * @param {HTMLElement} slot @param {import("./panel_list.js").Context} context
   * @param {import("../view/view.js").View} view
   */
  constructor(slot, context, view) {
    this.context = context;
    this.view = view;
    this.layer = null;
    this.gone = false;
    this.note = h("span", { role: "status" });
    if (context.card.latent_dim !== 3) return; // of more, the view shows a shadow only
    const { t } = context;
    this.input = h("input", {
      type: "checkbox", checked: wanted, "data-testid": "contours",
      onchange: () => { wanted = this.input.checked; this.show(); },
    });
    const words = h("span", {}, t("gauge.contours"), " ", this.note);
    this.element = h("label", { class: "mx-check", title: t("gauge.contours.help") }, this.input, words);
    slot.append(this.element);
    this.show();
  }

  async show() {
    this.hide();
    this.note.textContent = "";
    if (!wanted) return;
    const answer = await this.context.api.contours().catch(() => null);
    if (this.gone || !wanted || this.layer) return;
    if (answer) this.layer = this.view.add(new Contours(answer.slices), this.view.layers.lowest);
    else this.note.textContent = this.context.t("every.failed");
  }

  hide() {
    if (this.layer) this.view.remove(this.layer);
    this.layer = null;
  }

  dispose() {
    this.gone = true;
    this.hide();
    this.element?.remove();
  }
}
