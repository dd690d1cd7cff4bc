/** Whether a hand keeps the probe among the samples. */

import { h } from "../core/dom.js";

export class SnapSwitch {
  /** @param {HTMLElement} slot @param {import("./panel_list.js").Context} context */
  constructor(slot, { t, probe, snapping }) {
    const input = h("input", {
      type: "checkbox", checked: probe.adjust !== null, "data-testid": "snap",
      onchange: () => {
        probe.adjust = input.checked ? (position) => snapping.snap(position) : null;
        if (input.checked) probe.moveByHand(probe.position);
      },
    });
    const words = h("span", {}, t("gauge.snap"));
    this.element = h("label", { class: "mx-check", title: t("gauge.snap.help") }, input, words);
    slot.append(this.element);
  }

  dispose() {
    this.element.remove();
  }
}
