/** Arithmetic with class means: the probe's latent less one class's mean, plus another's. */

import { h } from "../core/dom.js";

export class ClassArithmetic {
  /** @param {import("../explore/panel_list.js").Context} context */
  constructor(context) {
    this.context = context;
    const { t, labels } = context;
    const present = [...new Set(labels)].sort((a, b) => a - b);
    /** @param {string} key @param {number} chosen */
    const select = (key, chosen) => h("select", { "aria-label": t(key), "data-testid": key.replace(".", "-") },
      ...present.map((label) => h("option", { value: String(label), selected: label === chosen },
        context.classLabel(label))));
    this.minus = select("arithmetic.minus", present[0]);
    this.plus = select("arithmetic.plus", present[1] ?? present[0]);
    const go = h("button", {
      type: "button", class: "mx-button", "data-testid": "arithmetic-go", onclick: () => this.go(),
    }, t("arithmetic.go"));
    const about = { role: "group", "aria-label": t("arithmetic.title"), title: t("arithmetic.help") };
    this.element = h("div", { class: "mx-arithmetic", ...about },
      h("span", { class: "mx-arithmetic-title" }, t("arithmetic.title")),
      h("span", {}, "z −"), this.minus, h("span", {}, "+"), this.plus, go);
  }

  go() {
    const { probe, card } = this.context;
    const [minus, plus] = [this.minus, this.plus].map(({ value }) => card.class_means[Number(value)]);
    probe.moveToLatent(probe.latent.map((value, axis) => value - minus[axis] + plus[axis]));
  }
}
