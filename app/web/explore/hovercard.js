/** The small card beside the mouse: picture and class of the sample under it. */

import { h } from "../core/dom.js";
import { classColour } from "../core/figures.js";

const UPLOAD = -2; // in place of a sample

export class HoverCard {
  /** @param {HTMLElement} stage @param {import("./panel_list.js").Context} context */
  constructor(stage, context) {
    this.stage = stage;
    this.context = context;
    this.shown = -1;
    this.image = h("img", { class: "mx-pixelated", alt: "", width: 64, height: 64 });
    this.dot = h("span", { class: "mx-dot" });
    this.name = h("span", {});
    this.number = h("span", { class: "mx-muted" });
    this.element = h("div", { class: "mx-hover", "data-testid": "hover", hidden: true },
      this.image, h("div", {}, h("div", { class: "mx-hover-name" }, this.dot, this.name), this.number));
    stage.append(this.element);
  }

  /** @param {number} index of the sample, or -1 to hide @param {number} x @param {number} y pixels of the stage */
  show(index, x, y) {
    this.element.hidden = index < 0;
    if (index >= 0) this.move(x, y);
    if (index === this.shown) return;
    this.shown = index;
    if (index >= 0) this.fill(index);
  }

  /** The card of an uploaded picture. @param {number} x @param {number} y pixels of the stage */
  showUpload(x, y) {
    const { t } = this.context;
    this.element.hidden = false;
    this.shown = UPLOAD;
    this.image.hidden = this.dot.hidden = true;
    this.name.textContent = t("marks.upload");
    this.number.textContent = t("marks.upload.help");
    delete this.element.dataset.index;
    this.move(x, y);
  }

  fill(index) {
    const { api, labels, classLabel, probe, t } = this.context;
    this.image.hidden = this.dot.hidden = false;
    this.image.src = api.imageUrl(index);
    this.dot.style.background = classColour(labels[index], this.context);
    this.name.textContent = classLabel(labels[index]);
    this.number.textContent = index === probe.anchor.index ? `#${index} · ${t("marks.start")}` : `#${index}`;
    this.element.dataset.index = String(index);
  }

  move(x, y) {
    const { width, height } = this.stage.getBoundingClientRect();
    const left = x + 20 + 200 > width ? x - 20 - this.element.offsetWidth : x + 20;
    const top = Math.min(Math.max(8, y - 40), height - 96);
    this.element.style.transform = `translate(${Math.max(8, left)}px, ${top}px)`;
  }

  dispose() {
    this.element.remove();
  }
}
