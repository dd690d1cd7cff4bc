/** The classes: a click hides or shows one, a double click or Shift shows it alone. */

import { h } from "../core/dom.js";
import { classColour } from "../core/figures.js";

export class Legend {
  /**
   * @param {HTMLElement} slot
   * @param {{palette: string[], classLabel: (i: number) => string, t: Say}} context
   * @param {boolean[]} shown by class, changed in place
   * @param {(shown: boolean[]) => void} changed
   */
  constructor(slot, context, shown, changed) {
    this.shown = shown;
    this.changed = changed;
    const { t } = context;
    this.items = shown.map((_, label) => h("button", {
      class: "mx-legend-item", type: "button", title: `${context.classLabel(label)}. ${t("legend.help")}`,
      "data-testid": `legend-${label}`, onclick: (event) => this.click(label, event),
    },
    h("span", { class: "mx-dot", style: { background: classColour(label, context) } }),
    h("span", { class: "mx-legend-name" }, context.classLabel(label))));
    this.all = h("button", {
      class: "mx-legend-item mx-legend-all", type: "button", "data-testid": "legend-all",
      onclick: () => this.set(() => true),
    }, t("legend.all"));
    const about = { class: "mx-legend", role: "group", "aria-label": t("legend.label"), "data-testid": "legend" };
    this.element = h("div", about, ...this.items, this.all);
    slot.append(this.element);
    this.mark();
  }

  /** @param {number} label @param {MouseEvent} event */
  click(label, event) {
    const alone = this.shown.every((on, other) => on === (other === label));
    if (event.shiftKey) this.set((other) => alone || other === label);
    else if (event.detail === 2) this.set((other) => this.wasAlone || other === label);
    else { this.wasAlone = alone; this.set((other) => (other === label ? !this.shown[other] : this.shown[other])); }
  }

  /** @param {(label: number) => boolean} rule */
  set(rule) {
    const next = this.shown.map((_, label) => rule(label));
    next.forEach((on, label) => { this.shown[label] = on; });
    this.mark();
    this.changed(this.shown);
  }

  mark() {
    this.items.forEach((item, label) => item.setAttribute("aria-pressed", String(this.shown[label])));
    this.all.hidden = this.shown.every(Boolean);
  }

  dispose() {
    this.element.remove();
  }
}
