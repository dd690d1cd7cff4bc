/** A picture that a brush rubs parts out of: by mouse, finger or pen; by arrow keys and the space bar. */

import { h } from "../core/dom.js";
import { SIDE } from "../core/pixels.js";
import { paint } from "../learn/heat.js";

const RADIUS = 1.6; // pixels of the picture
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Brush {
  /** @param {string} label @param {() => void} onRub */
  constructor(label, onRub) {
    this.onRub = onRub;
    this.rubbed = new Uint8Array(SIDE * SIDE);
    this.place = [SIDE / 2, SIDE / 2];
    this.canvas = h("canvas", { class: "mx-pixelated mx-small", width: SIDE, height: SIDE });
    this.mark = h("span", { class: "mx-brush-mark" });
    this.element = h("div", {
      class: "mx-brush", tabindex: 0, role: "application", "aria-label": label, "data-testid": "brush",
      onpointerdown: (event) => { this.element.setPointerCapture(event.pointerId); this.follow(event); },
      onpointermove: (event) => this.element.hasPointerCapture(event.pointerId) && this.follow(event),
      onkeydown: (event) => this.press(event),
    }, this.canvas, this.mark);
    this.show();
  }

  /** @param {PointerEvent} event */
  follow({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    this.place = [((clientX - left) / width) * SIDE, ((clientY - top) / height) * SIDE];
    this.rub();
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const step = KEYS[event.key];
    if (!step && event.key !== " ") return;
    event.preventDefault();
    if (step) this.place = this.place.map((value, axis) => Math.min(Math.max(value + step[axis], 0.5), SIDE - 0.5));
    else this.rub();
    this.show();
  }

  rub() {
    const [x, y] = this.place;
    for (let at = 0; at < this.rubbed.length; at += 1) {
      if (Math.hypot((at % SIDE) + 0.5 - x, Math.floor(at / SIDE) + 0.5 - y) <= RADIUS) this.rubbed[at] = 1;
    }
    this.show();
    this.onRub();
  }

  /** Where the keys stand. */
  show() {
    this.mark.style.left = `${(100 * this.place[0]) / SIDE}%`;
    this.mark.style.top = `${(100 * this.place[1]) / SIDE}%`;
  }

  /** @param {Uint8Array} pixels 32 x 32 RGB */
  draw(pixels) {
    paint(this.canvas, SIDE, SIDE, (at) => pixels.subarray(3 * at, 3 * at + 3));
  }

  clear() {
    this.rubbed.fill(0);
  }

  get used() {
    return this.rubbed.includes(1);
  }
}
