/** The field with the name of one latent axis, and whose name it is. */

import { h } from "../core/dom.js";
import { AXIS_NAME_MOST } from "../shared/contract.js";

export class NameField {
  /**
   * @param {Say} t @param {import("./names.js").AxisNames} names
   * @param {number} axis @param {string} called what the axis is called without a name
   */
  constructor(t, names, axis, called) {
    this.t = t;
    this.names = names;
    this.axis = axis;
    this.label = t(names.editable ? "axes.name.of" : "axes.name.of.own", { axis: called });
    this.input = h("input", {
      class: "mx-axis-name", type: "text", maxlength: AXIS_NAME_MOST, placeholder: t("axes.name"),
      "aria-label": this.label, onblur: () => this.commit(), onkeydown: (event) => this.key(event),
    });
    this.mark = h("span", { class: "mx-note", title: t("axes.name.own.help"), "data-testid": "axis-own" },
      t("axes.name.own"));
    this.refused = h("p", { class: "mx-note mx-axis-refused", role: "status", "data-testid": "axis-refused" });
    this.show();
  }

  show() {
    const name = this.names.of(this.axis);
    this.input.value = name;
    this.input.title = name ? `${name}. ${this.label}` : this.label; // a long one may not fit
    this.mark.hidden = !this.names.ownOf(this.axis);
  }

  /** Enter gives a name that is one's own to everyone, too. @param {KeyboardEvent} event */
  key(event) {
    event.stopPropagation();
    if (event.key === "Enter") this.commit(this.names.editable && Boolean(this.names.ownOf(this.axis)));
    if (event.key === "Escape") this.show();
  }

  /** @param {boolean} [again] even if the name is as it was */
  async commit(again = false) {
    const { t, names, axis } = this;
    const name = this.input.value.trim();
    if (name === names.of(axis) && !again) return this.show();
    const given = names.give(axis, name);
    this.show();
    this.refused.textContent = "";
    await given.catch((refusal) => {
      this.show();
      const reason = refusal.status ? refusal.message : t("upload.offline");
      this.refused.textContent = names.ownOf(axis) ? t("axes.name.kept", { reason }) : reason;
    });
  }
}
