/**
 * A canvas that covers no more than what is drawn on it. Where no graphics card helps, the browser puts all that a changed canvas covers
 * together anew in each frame: over the whole scene that took longer than everything else.
 */

const STEP = 64; // pixels: the canvas moves and grows by steps, so that it seldom has to be made anew

export class Sheet {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.box = "";
  }

  /** @param {number} width @param {number} height of the field in which it lies, pixels */
  resize(width, height) {
    this.field = [width, height];
    this.scale = Math.min(window.devicePixelRatio || 1, 2);
    this.box = "";
  }

  /**
   * Clears it and makes room around these places.
   * @param {ArrayLike<number>[]} places x and y in pixels of the field
   * @param {number} margin pixels
   * @returns {CanvasRenderingContext2D} draws in pixels of the field
   */
  cover(places, margin) {
    const [[left, right], [top, bottom]] = [0, 1].map((axis) => this.span(places.map((place) => place[axis]), margin, this.field[axis]));
    this.place(left, top, right - left, bottom - top);
    this.pen.setTransform(this.scale, 0, 0, this.scale, -left * this.scale, -top * this.scale);
    return this.pen;
  }

  /** From and to of a drawing along one axis, in whole steps and no farther than the field goes. */
  span(values, margin, size) {
    const low = Math.floor((Math.min(...values) - margin) / STEP) * STEP;
    const high = Math.ceil((Math.max(...values) + margin) / STEP) * STEP;
    const from = Math.min(Math.max(low, 0), size);
    return [from, Math.max(from, Math.min(high, size))];
  }

  place(left, top, width, height) {
    const box = `${left} ${top} ${width} ${height}`;
    if (box === this.box) return this.clear();
    this.box = box;
    const { canvas, scale } = this;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px`, transform: `translate(${left}px, ${top}px)` });
  }

  clear() {
    this.pen.setTransform(1, 0, 0, 1, 0, 0);
    this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }
}
