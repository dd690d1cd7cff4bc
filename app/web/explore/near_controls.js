/** In which space neighbours are looked for, by which distance, and the list as a file. */

import { h, icon } from "../core/dom.js";
import { METRICS, choicesOf } from "./spaces.js";

let groups = 0;

export class NearControls {
  /**
   * @param {import("./panel_list.js").Context} context
   * @param {(change: Partial<import("./feed.js").Choice>) => void} choose
   * @param {() => void} onSave
   */
  constructor(context, choose, onSave) {
    this.context = context;
    this.choose = choose;
    this.save = this.saving(onSave);
    const rest = h("div", { class: "mx-near-rest" }, this.metrics(), this.save);
    this.root = h("div", { class: "mx-near-controls" }, this.spaces(), rest);
  }

  spaces() {
    const { t, card, feed } = this.context;
    const name = `mx-near-${(groups += 1)}`;
    const option = (value) => h("label", { title: t(`nearest.space.${value}.help`) },
      h("input", {
        type: "radio", name, value, checked: feed.choice.near === value, "data-testid": `near-${value}`,
        onchange: () => this.choose({ near: value }), onkeydown: (event) => event.stopPropagation(),
      }), h("span", {}, t(`nearest.space.${value}`)));
    return h("div", { class: "mx-spaces", role: "radiogroup", "aria-label": t("nearest.space") },
      ...choicesOf(card).map(option));
  }

  metrics() {
    const { t, feed } = this.context;
    const chosen = (value) => feed.choice.metric === value;
    const option = (value) => h("option", { value, selected: chosen(value) }, t(`nearest.metric.${value}`));
    const select = h("select", {
      class: "mx-select", "aria-label": t("nearest.metric"), title: t("nearest.metric.help"),
      "data-testid": "near-metric", onchange: () => this.choose({ metric: select.value }),
      onkeydown: (event) => event.stopPropagation(),
    }, ...METRICS.map(option));
    return select;
  }

  saving(onclick) {
    const { t } = this.context;
    return h("button", {
      type: "button", class: "mx-button", title: t("nearest.save.help"), disabled: true, "data-testid": "near-save",
      onclick,
    }, icon("save"), "CSV");
  }

  /** @param {boolean} can whether there is a whole list to save */
  allowSaving(can) {
    this.save.disabled = !can;
  }
}
