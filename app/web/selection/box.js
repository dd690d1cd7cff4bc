/**
 * A box on the screen: a hand draws it, or keys move it (with Shift they change its size) and Enter takes it. Escape or
 * a click leaves. While the tool is there it lies above the scene, which keeps still.
 */

import { bringIntoView, h } from "../core/dom.js";

const LEAST = 6; // pixels, each way: less is a click
const STEP = 16; // pixels
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @typedef {[number, number]} Spot pixels of the stage @typedef {{from: Spot, to: Spot}} Box two opposite corners */

export class BoxTool {
  /**
   * @param {HTMLElement} stage
   * @param {Say} t
   * @param {(box: Box|null) => void} done null: it was left
   */
  constructor(stage, t, done) {
    this.stage = stage;
    this.done = done;
    /** @type {Box|null} */
    this.box = null;
    this.frame = h("div", { class: "mx-box", hidden: true, "data-testid": "box" });
    this.element = h("div", {
      class: "mx-boxing", tabindex: 0, role: "application",
      "aria-label": `${t("selection.boxing")} ${t("selection.boxing.keys")}`,
      "data-testid": "boxing",
      onpointerdown: (event) => this.press(event), onpointermove: (event) => this.move(event),
      onpointerup: () => this.release(), onpointercancel: () => this.cancel(),
      onkeydown: (event) => this.key(event), onwheel: (event) => event.preventDefault(),
    }, this.help(t), this.frame);
    stage.append(this.element);
    this.element.focus({ preventScroll: true });
    bringIntoView(stage, "nearest");
  }

  /** @param {Say} t */
  help(t) {
    return h("p", { class: "mx-boxing-help", "aria-hidden": "true" },
      t("selection.boxing"), h("span", { class: "mx-boxing-keys" }, ` ${t("selection.boxing.keys")}`));
  }

  /** @param {PointerEvent} event @returns {Spot} */
  spot({ clientX, clientY }) {
    const { left, top, width, height } = this.element.getBoundingClientRect();
    return [Math.min(Math.max(clientX - left, 0), width), Math.min(Math.max(clientY - top, 0), height)];
  }

  press(event) {
    if (event.button !== 0) return;
    this.element.setPointerCapture(event.pointerId);
    this.pressed = true;
    const from = this.spot(event);
    this.show({ from, to: from });
  }

  move(event) {
    if (this.pressed) this.show({ from: this.box.from, to: this.spot(event) });
  }

  release() {
    if (!this.pressed) return;
    this.pressed = false;
    const { width, height } = extent(this.box);
    this.leave(Math.min(width, height) < LEAST ? null : this.box);
  }

  cancel() {
    this.pressed = false;
    this.show(null);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const way = WAYS[event.key];
    if (event.key === "Escape") this.leave(null);
    else if (event.key === "Enter" && this.box) this.leave(this.box);
    else if (way) this.show(this.box ? this.moved(way, event.shiftKey) : this.middle());
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @returns {Box} where keys begin */
  middle() {
    const { clientWidth: width, clientHeight: height } = this.element;
    return { from: [width / 3, height / 3], to: [(2 * width) / 3, (2 * height) / 3] };
  }

  /** @param {number[]} way @param {boolean} resize @returns {Box} */
  moved(way, resize) {
    const size = [this.element.clientWidth, this.element.clientHeight];
    const { from, to } = this.box;
    const room = way.map((sign, axis) => {
      const low = resize ? from[axis] + STEP - to[axis] : -from[axis];
      return Math.min(Math.max(sign * STEP, low), size[axis] - to[axis]);
    });
    const by = ([x, y]) => /** @type {Spot} */ ([x + room[0], y + room[1]]);
    return { from: resize ? from : by(from), to: by(to) };
  }

  /** @param {Box|null} box */
  show(box) {
    this.box = box;
    this.frame.hidden = !box;
    if (!box) return;
    const { left, top, width, height } = extent(box);
    const size = { width: `${width}px`, height: `${height}px` };
    Object.assign(this.frame.style, size, { transform: `translate(${left}px, ${top}px)` });
  }

  /** @param {Box|null} box */
  leave(box) {
    this.element.remove();
    this.done(box);
  }

  dispose() {
    this.element.remove();
  }
}

/** @param {Box} box */
function extent({ from, to }) {
  const [left, top] = [0, 1].map((axis) => Math.min(from[axis], to[axis]));
  return { left, top, width: Math.abs(to[0] - from[0]), height: Math.abs(to[1] - from[1]) };
}

/**
 * Which points are seen inside a box.
 * @param {import("../view/lens.js").Lens} lens @param {Float32Array} points (n, 3) @param {Box} box
 * @returns {Uint8Array} (n,) 1 for those inside
 */
export function inside(lens, points, box) {
  const { left, top, width, height } = extent(box);
  return Uint8Array.from({ length: points.length / 3 }, (_, index) => {
    const [x, y, depth] = lens.place(points.subarray(3 * index, 3 * index + 3));
    return Number(depth > 0 && x >= left && x <= left + width && y >= top && y <= top + height);
  });
}
