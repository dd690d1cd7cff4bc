/** What follows the hand, drawn on a canvas above the figure: probe, star, lines to the neighbours. The figure itself is left alone. */

import { Projection } from "./projection.js";

const REACH = 14;

export class Overlay {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLElement} plot Plotly's element
   * @param {import("./probe.js").Probe} probe
   * @param {{points: Float32Array, labels: Uint8Array, floor: number}} cloud
   */
  constructor(canvas, plot, probe, cloud) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.projection = new Projection(plot);
    this.probe = probe;
    this.cloud = cloud;
    /** @type {boolean[]} */
    this.shown = [];
    this.neighbours = [];
    this.star = null;
    this.hovered = -1;
    this.ink = { text: "#111", line: "#8888", surface: "#fff", accent: "#f33" };
    this.follow();
  }

  /** Ties the drawing to Plotly's frames. */
  follow() {
    this.projection.follow(() => this.draw());
    this.resize();
  }

  /** @param {{text: string, line: string, surface: string, accent: string}} ink */
  setInk(ink) {
    this.ink = ink;
    this.draw();
  }

  /** @param {ArrayLike<number>|null} position of an uploaded picture; the star of the probe's own anchor needs no call */
  setStar(position) {
    this.star = position;
    this.draw();
  }

  /** @param {ArrayLike<number>[]} positions of the nearest samples */
  setNeighbours(positions) {
    this.neighbours = positions;
    this.draw();
  }

  /** @param {number} index sample under the mouse, or -1 */
  setHovered(index) {
    if (index === this.hovered) return;
    this.hovered = index;
    this.draw();
  }

  resize() {
    const box = this.canvas.getBoundingClientRect();
    this.scale = Math.min(window.devicePixelRatio || 1, 2);
    this.canvas.width = Math.round(box.width * this.scale);
    this.canvas.height = Math.round(box.height * this.scale);
    this.projection.measure(box);
    this.draw();
  }

  /** @param {number} x @param {number} y pixels of the overlay @returns {number} sample, or -1 */
  pick(x, y) {
    if (!this.projection.refresh()) return -1;
    return this.projection.pick(x, y, REACH, this.cloud.points, this.cloud.labels, this.shown);
  }

  /** @returns {[number, number, number]|null} the probe's place: x, y, depth */
  probePlace() {
    return this.projection.refresh() ? this.projection.toScreen(this.probe.position) : null;
  }

  draw() {
    const { pen, canvas, projection } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    if (!projection.refresh() || !projection.width) return;
    pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    const probe = projection.toScreen(this.probe.position);
    this.drawNeighbours(probe);
    this.drawPlumb(probe);
    if (this.probe.anchor.kind !== "mean") this.drawStar(projection.toScreen(this.probe.anchor.position), this.ink.surface);
    if (this.star) this.drawStar(projection.toScreen(this.star), this.ink.accent);
    if (this.hovered >= 0) this.drawRing(projection.toScreen(this.cloud.points.subarray(3 * this.hovered, 3 * this.hovered + 3)), 7, this.ink.text);
    this.drawProbe(probe);
  }

  drawNeighbours([x, y]) {
    const { pen } = this;
    pen.strokeStyle = this.ink.text;
    pen.lineWidth = 1;
    for (const position of this.neighbours) {
      const [nx, ny] = this.projection.toScreen(position);
      pen.globalAlpha = 0.35;
      pen.beginPath();
      pen.moveTo(x, y);
      pen.lineTo(nx, ny);
      pen.stroke();
      pen.globalAlpha = 1;
      this.drawRing([nx, ny], 4, this.ink.text);
    }
  }

  /** A thread to the floor of the box: it tells the eye how high the probe hangs. */
  drawPlumb([x, y]) {
    const [fx, fy] = this.projection.toScreen([this.probe.position[0], this.probe.position[1], this.cloud.floor]);
    const { pen } = this;
    pen.strokeStyle = this.ink.accent;
    pen.globalAlpha = 0.7;
    pen.setLineDash([3, 4]);
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(fx, fy);
    pen.stroke();
    pen.setLineDash([]);
    pen.beginPath();
    pen.ellipse(fx, fy, 5, 2.5, 0, 0, 2 * Math.PI);
    pen.stroke();
    pen.globalAlpha = 1;
  }

  drawRing([x, y], radius, colour) {
    const { pen } = this;
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.stroke();
  }

  drawStar([x, y], colour) {
    const { pen } = this;
    pen.beginPath();
    for (let corner = 0; corner < 10; corner += 1) {
      const radius = corner % 2 ? 5 : 12;
      const angle = (corner * Math.PI) / 5 - Math.PI / 2;
      pen.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    }
    pen.closePath();
    pen.fillStyle = colour;
    pen.strokeStyle = this.ink.text;
    pen.lineWidth = 2;
    pen.fill();
    pen.stroke();
  }

  drawProbe([x, y]) {
    const { pen } = this;
    pen.beginPath();
    pen.arc(x, y, 9, 0, 2 * Math.PI);
    pen.fillStyle = this.ink.accent;
    pen.fill();
    pen.lineWidth = 3;
    pen.strokeStyle = this.ink.surface;
    pen.stroke();
    this.drawRing([x, y], 11.5, this.ink.text);
  }

  dispose() {
    this.pen.setTransform(1, 0, 0, 1, 0, 0);
    this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }
}
