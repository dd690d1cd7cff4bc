/**
 * Diamonds around the selected samples in the cloud, a larger one around the current. They have a canvas of their own:
 * that of the layers is drawn with each move of the probe, and would cover the whole view then.
 */

import { oncePerFrame } from "../core/dom.js";
import { SmallCanvas } from "../view/small_canvas.js";

export const DRAWN_MOST = 150; // more would hide the colours; the others pale, so that all of the selection is seen

const HALF = 5; // pixels, from the middle to a corner
const CURRENT = 12;
const MARGIN = 14;

export class SelectionMarks {
  /** @param {import("../view/view.js").View} view @param {import("./selection.js").Selection} selection */
  constructor(view, selection) {
    this.view = view;
    this.selection = selection;
    this.small = new SmallCanvas("mx-selection-marks", 29); // below that of the layers
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
    const { small, selection: { indices, current }, view: { lens, theme, width, height } } = this;
    if (!lens || !indices.length) return small.clear();
    if (String(small.field) !== String([width, height])) small.resize(width, height);
    const places = indices.slice(0, DRAWN_MOST).map((index) => this.place(index));
    const looked = current === null ? [] : [this.place(current)];
    const pen = small.cover([...places, ...looked], MARGIN);
    diamonds(pen, places, HALF, theme.surface, 3);
    diamonds(pen, places, HALF, theme.text, 1.25);
    diamonds(pen, looked, CURRENT, theme.surface, 5);
    diamonds(pen, looked, CURRENT, theme.accent, 3);
  }

  dispose() {
    this.listening.abort();
    this.drawSoon.cancel();
    this.small.canvas.remove();
  }
}

/**
 * @param {CanvasRenderingContext2D} pen @param {import("../view/lens.js").Place[]} places
 * @param {number} half pixels from the middle to a corner @param {string} colour @param {number} width of the line
 */
function diamonds(pen, places, half, colour, width) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  for (const [x, y, depth] of places) {
    if (depth <= 0) continue;
    pen.moveTo(x, y - half);
    for (const [across, down] of [[half, 0], [0, half], [-half, 0]]) pen.lineTo(x + across, y + down);
    pen.closePath();
  }
  pen.stroke();
}
