/** One slider per axis of the view. It fires while it moves. */

import { h, oncePerFrame } from "../core/dom.js";

export class Sliders {
  /**
   * @param {HTMLElement} slot
   * @param {Pick<import("./panel_list.js").Context, "t"|"card"|"axes"|"probe">} context
   */
  constructor(slot, context) {
    this.context = context;
    this.abort = new AbortController();
    const { t, card, axes, probe } = context;
    const share = t("sliders.share", { percent: Math.round(100 * card.view_share) });
    const note = card.latent_dim > 3 && h("p", { class: "mx-note", "data-testid": "view-share" },
      t("sliders.view", { d: card.latent_dim }), " ", h("strong", {}, share));
    this.rows = axes.map((name, axis) => this.row(name, axis));
    this.element = h("div", { class: "mx-sliders", "data-testid": "sliders" },
      note, ...this.rows.map((row) => row.element));
    slot.append(this.element);
    this.showSoon = oncePerFrame(() => this.show());
    probe.addEventListener("move", () => (probe.held ? this.showSoon() : this.show()), { signal: this.abort.signal });
    this.show();
  }

  row(name, axis) {
    const { probe, t } = this.context;
    const [low, high] = probe.limits[axis];
    const input = h("input", {
      type: "range", min: low, max: high, step: "any", "aria-label": name, title: t("sliders.help", { axis: name }),
      "data-testid": `slider-${axis}`, oninput: (event) => this.moved(axis, event), onchange: () => probe.settle(),
      onkeydown: (event) => this.key(axis, event),
    });
    const value = h("output", { class: "mx-figure" });
    return {
      input, value, element: h("label", { class: "mx-slider" }, h("span", { class: "mx-axis" }, name), input, value),
    };
  }

  moved(axis, event) {
    const position = Array.from(this.context.probe.position);
    position[axis] = event.target.valueAsNumber;
    this.context.probe.moveByHand(position, event.timeStamp);
  }

  /** A range with `step="any"` takes hardly visible steps from the keyboard: a fiftieth of the way is a better one. */
  key(axis, event) {
    const sign = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!sign) return;
    event.preventDefault();
    const [low, high] = this.context.probe.limits[axis];
    const position = Array.from(this.context.probe.position);
    position[axis] += (sign * (high - low)) / 50;
    this.context.probe.moveByHand(position, event.timeStamp);
  }

  show() {
    const { position, limits } = this.context.probe;
    this.rows.forEach(({ input, value }, axis) => {
      if (document.activeElement !== input || !input.matches(":active")) input.value = String(position[axis]);
      const [low, high] = limits[axis];
      input.style.setProperty("--mx-filled", `${(100 * (position[axis] - low)) / (high - low)}%`);
      input.setAttribute("aria-valuetext", position[axis].toFixed(2));
      value.textContent = position[axis].toFixed(2);
    });
  }

  dispose() {
    this.abort.abort();
    this.showSoon.cancel();
    this.element.remove();
  }
}
