/** What the decoder draws at a place, large, and a word on it where that lies beyond the data. */

import { h } from "../core/dom.js";
import { SIDE } from "../core/pixels.js";

export class DecodedPicture {
  /** @param {HTMLElement} slot @param {Say} t */
  constructor(slot, t) {
    this.canvas = h("canvas", {
      class: "mx-pixelated", width: SIDE, height: SIDE, role: "img", "aria-label": t("pair.decoded.alt"),
      "data-testid": "decoded",
    });
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
    this.frame = this.pen.createImageData(SIDE, SIDE);
    this.frame.data.fill(255);
    this.invented = h("span", {
      class: "mx-invented", title: t("pair.invented.help"), hidden: true, "data-testid": "invented",
    }, t("pair.invented"));
    this.element = h("div", { class: "mx-drawn mx-map-picture" }, this.canvas, this.invented);
    slot.append(this.element);
  }

  /** @param {Uint8Array} pixels (32, 32, 3) */
  paint(pixels) {
    const { data } = this.frame;
    for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
      data[to] = pixels[from];
      data[to + 1] = pixels[from + 1];
      data[to + 2] = pixels[from + 2];
    }
    this.pen.putImageData(this.frame, 0, 0);
    this.canvas.dataset.painted = "true";
  }

  /** @param {boolean} invented whether hardly any training image lies around there */
  mark(invented) {
    this.invented.hidden = !invented;
  }
}
