/** One latent axis: its name, a slider, and the pictures along it. */

import { addressesOf } from "../core/batch_decoder.js";
import { h } from "../core/dom.js";
import { SIDE } from "../core/pixels.js";
import { NameField } from "./name_field.js";
import { STEPS, stepsOf } from "./traversal.js";

export class AxisRow {
  /**
   * @param {Pick<import("../explore/panel_list.js").Context, "t">} context
   * @param {import("./traversal.js").Range} range
   * @param {import("./names.js").AxisNames} names
   * @param {(value: number, time: number) => void} onMove the person wants that value
   */
  constructor(context, range, names, onMove) {
    this.range = range;
    this.steps = stepsOf(range);
    const { t } = context;
    const axis = t("axes.axis", { number: range.axis + 1 });
    this.value = h("output", { class: "mx-figure" });
    const name = new NameField(t, names, range.axis, axis);
    this.slider = h("input", {
      type: "range", min: range.low, max: range.high, step: "any", "aria-label": axis,
      title: axis, "data-testid": "axis-slider",
      oninput: (event) => onMove(this.slider.valueAsNumber, event.timeStamp),
      onkeydown: (event) => this.key(event, onMove),
    });
    this.tiles = this.steps.map((value, at) => this.tile(axis, value, at, t, onMove));
    const unused = !range.used && h("span", { class: "mx-note", "data-testid": "axis-unused" }, t("axes.unused"));
    this.element = h("div", { class: "mx-axis-row", role: "group", "aria-label": axis, "data-testid": "axis-row" },
      h("div", { class: "mx-axis-head" },
        h("span", { class: "mx-axis-number" }, `z${range.axis + 1}`), name.input, name.mark, unused, this.value),
      name.refused,
      h("div", { class: "mx-axis-strip" }, ...this.tiles.map(({ control }) => control)),
      h("div", { class: "mx-slider mx-axis-slider" }, this.slider));
  }

  tile(axis, value, at, t, onMove) {
    const picture = h("img", { class: "mx-pixelated", alt: "", width: SIDE, height: SIDE });
    const control = h("button", {
      type: "button", class: "mx-axis-tile", title: t("axes.tile", { axis, value: value.toFixed(2) }),
      "data-testid": "axis-tile", onclick: (event) => onMove(this.steps[at], event.timeStamp),
    }, picture);
    return { control, picture };
  }

  /** @param {Uint8Array} pixels (7, 32, 32, 3) */
  paint(pixels) {
    addressesOf(pixels).forEach((address, at) => { this.tiles[at].picture.src = address; });
  }

  /** @param {number} value that the probe has on this axis */
  show(value) {
    const { low, high } = this.range;
    this.value.textContent = value.toFixed(2);
    this.slider.setAttribute("aria-valuetext", value.toFixed(2));
    if (!this.slider.matches(":active")) this.slider.value = String(value);
    const part = (value - low) / (high - low || 1);
    this.slider.style.setProperty("--mx-filled", `${100 * Math.min(1, Math.max(0, part))}%`);
    const nearest = Math.round(part * (STEPS - 1));
    this.tiles.forEach(({ control }, at) => control.toggleAttribute("data-here", at === nearest));
  }

  /** A fiftieth of the way for each press of an arrow. */
  key(event, onMove) {
    const sign = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!sign) return;
    event.preventDefault();
    const { low, high } = this.range;
    onMove(Math.min(high, Math.max(low, this.slider.valueAsNumber + (sign * (high - low)) / 50)), event.timeStamp);
  }
}
