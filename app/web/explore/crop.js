/**
 * The picture with the square that the model sees drawn over it; the square moves and grows under a hand or the
 * keyboard.
 */

import { h } from "../core/dom.js";
import { centred, fractions, grown, moved, shorter, stretched } from "./square.js";

const CORNERS = [[-1, -1], [1, -1], [-1, 1], [1, 1]];
const STEP = 0.02; // of the shorter side, for one press of an arrow key
const REST = 250; // ms without a key before the square counts as placed

export class CropView {
  /**
   * @param {(key: string) => string} say
   * @param {(moving: boolean) => void} onChange called at each change, with `false` once the hand rests
   */
  constructor(say, onChange) {
    this.onChange = onChange;
    this.canvas = h("canvas", { class: "mx-crop-picture", role: "img", "aria-label": say("upload.preview") });
    this.square = this.buildSquare(say);
    this.frame = h("div", { class: "mx-crop" }, this.canvas, this.square);
    this.root = h("div", { class: "mx-crop-whole" }, this.frame, h("p", { class: "mx-note" }, say("upload.crop.hint")));
    this.size = { width: 1, height: 1 };
    this.box = centred(this.size);
  }

  /** @param {HTMLCanvasElement} picture upright */
  show(picture) {
    this.size = { width: picture.width, height: picture.height };
    this.canvas.width = picture.width;
    this.canvas.height = picture.height;
    this.canvas.getContext("2d").drawImage(picture, 0, 0);
    this.frame.style.setProperty("--mx-aspect", String(picture.width / picture.height));
    this.place(centred(this.size));
  }

  /** @returns {{left: number, top: number, side: number}} as the server takes it */
  fractions() {
    return fractions(this.box, this.size);
  }

  dispose() {
    clearTimeout(this.timer);
    this.canvas.width = this.canvas.height = 1;
    this.root.remove();
  }

  buildSquare(say) {
    const handles = CORNERS.map(([right, down]) => {
      const place = `mx-crop-${down < 0 ? "top" : "bottom"} mx-crop-${right < 0 ? "left" : "right"}`;
      const onpointerdown = (event) => this.drag(event, this.stretching([right, down]));
      return h("span", { class: `mx-crop-handle ${place}`, title: say("upload.crop.resize"), onpointerdown });
    });
    const help = say("upload.crop.help");
    const listeners = {
      onkeydown: (event) => this.press(event), onpointerdown: (event) => this.drag(event, this.moving(event)),
    };
    const words = { title: help, "aria-label": `${say("upload.crop")}. ${help}` };
    return h("div", { class: "mx-crop-square", role: "application", tabindex: 0, ...words, ...listeners }, ...handles);
  }

  place(box) {
    this.box = box;
    const { width, height } = this.size;
    const { style } = this.square;
    style.left = `${(100 * box.x) / width}%`;
    style.top = `${(100 * box.y) / height}%`;
    style.width = `${(100 * box.side) / width}%`;
  }

  change(box, moving) {
    this.place(box);
    this.onChange(moving);
  }

  /**
   * @param {PointerEvent} event that starts the drag
   * @param {(point: {x: number, y: number}) => import("./square.js").Box} boxAt
   */
  drag(event, boxAt) {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.square.focus({ preventScroll: true });
    const handle = /** @type {HTMLElement} */ (event.currentTarget);
    const end = new AbortController();
    const finish = () => {
      end.abort();
      this.change(this.box, false);
    };
    handle.setPointerCapture(event.pointerId);
    const { signal } = end;
    handle.addEventListener("pointermove", (next) => this.change(boxAt(this.pointOf(next)), true), { signal });
    for (const name of ["pointerup", "pointercancel"]) handle.addEventListener(name, finish, { signal });
  }

  moving(event) {
    const start = this.pointOf(event);
    const box = this.box;
    return ({ x, y }) => moved(box, x - start.x, y - start.y, this.size);
  }

  stretching(corner) {
    const box = this.box;
    return (point) => stretched(box, corner, point, this.size);
  }

  /** @returns {{x: number, y: number}} the pointer in pixels of the picture */
  pointOf({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return { x: ((clientX - left) / width) * this.size.width, y: ((clientY - top) / height) * this.size.height };
  }

  press(event) {
    const box = this.boxAfter(event);
    if (!box) return;
    event.preventDefault();
    event.stopPropagation();
    this.change(box, true);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.onChange(false), REST);
  }

  /** @param {KeyboardEvent} event @returns {import("./square.js").Box|null} null for keys that mean nothing here */
  boxAfter({ key, shiftKey, ctrlKey, metaKey, altKey }) {
    const step = STEP * shorter(this.size);
    const larger = { "+": 1, "=": 1, "-": -1, _: -1 }[key]
      ?? (shiftKey && { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[key]);
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    if (ctrlKey || metaKey || altKey) return null;
    if (larger) return grown(this.box, larger * step * 2, this.size);
    return way ? moved(this.box, way[0] * step, way[1] * step, this.size) : null;
  }
}
