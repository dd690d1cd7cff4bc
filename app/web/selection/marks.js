/**
 * Squares around the selected samples in the cloud, a larger one around the current. They have a canvas of their own:
 * that of the layers is drawn with each move of the probe, and would cover the whole view then.
 */

import { oncePerFrame } from "../core/dom.js";
import { SmallCanvas } from "../view/small_canvas.js";

export const DRAWN_MOST = 500;

const HALF = 4; // pixels, half a side
const SMALL = 2.5; // where they are many
const MANY = 150;
const CURRENT = 9;
const MARGIN = 14;

export class SelectionMarks {
  /** @param {import("../view/view.js").View} view @param {import("./selection.js").Selection} selection */
  constructor(view, selection) {
    this.view = view;
    this.selection = selection;
    this.small = new SmallCanvas();
    this.small.canvas.className = "mx-selection-marks";
    this.small.canvas.style.zIndex = "29"; // below that of the layers
    view.element.prepend(this.small.canvas);
    this.drawSoon = oncePerFrame(() => this.draw());
    this.listening = new AbortController();
    const { signal } = this.listening;
    view.addEventListener("frame", () => this.draw(), { signal });
    for (const name of ["change", "current"]) selection.addEventListener(name, () => this.drawSoon(), { signal });
    this.drawSoon();
  }

  /** @param {number} index @returns {import("../view/lens.js").Place} */
  place(index) {
    return this.view.place(this.view.points.subarray(3 * index, 3 * index + 3));
  }

  draw() {
    this.drawSoon.cancel();
    const { small, selection: { indices, current }, view: { lens, ink, width, height } } = this;
    if (!lens || !indices.length) return small.clear();
    if (String(small.field) !== String([width, height])) small.resize(width, height);
    const places = indices.slice(0, DRAWN_MOST).map((index) => this.place(index));
    const looked = current === null ? [] : [this.place(current)];
    const pen = small.cover([...places, ...looked], MARGIN);
    const half = places.length > MANY ? SMALL : HALF;
    squares(pen, places, half, ink.surface, 3);
    squares(pen, places, half, ink.text, 1.25);
    squares(pen, looked, CURRENT, ink.surface, 5);
    squares(pen, looked, CURRENT, ink.accent, 3);
  }

  dispose() {
    this.listening.abort();
    this.drawSoon.cancel();
    this.small.canvas.remove();
  }
}

/**
 * @param {CanvasRenderingContext2D} pen @param {import("../view/lens.js").Place[]} places
 * @param {number} half a side, pixels @param {string} colour @param {number} width of the line
 */
function squares(pen, places, half, colour, width) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  for (const [x, y, depth] of places) if (depth > 0) pen.rect(x - half, y - half, 2 * half, 2 * half);
  pen.stroke();
}
