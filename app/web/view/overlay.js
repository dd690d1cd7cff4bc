/** What follows the hand, drawn on a canvas above the figure: probe, star, lines to the neighbours. The figure itself is left alone. */

import { oncePerFrame } from "../core/dom.js";
import { Projection } from "./projection.js";
import { Sheet } from "./sheet.js";

const REACH = 14;
const MARGIN = 26; // around what is drawn, pixels
const STAR = { outer: 12, inner: 5 };
const HALO = { outer: 23, inner: 14 }; // of a star on which the probe stands: it looks out from below
const APART = 24; // pixels between star and probe from which on neither hides the other

/** Events: `frame`, when Plotly has drawn one; `star`, when that of an uploaded picture comes, moves or goes. */
export class Overlay extends EventTarget {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLElement} plot Plotly's element
   * @param {import("../explore/probe.js").Probe} probe
   * @param {{points: Float32Array, labels: Uint8Array, floor: number}} cloud
   */
  constructor(canvas, plot, probe, cloud) {
    super();
    this.sheet = new Sheet(canvas);
    this.pen = this.sheet.pen;
    /** Draws in the next frame, once, whatever moves until then. */
    this.drawSoon = oncePerFrame(() => this.draw());
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
    this.projection.follow(() => { this.draw(); this.dispatchEvent(new Event("frame")); });
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
    this.dispatchEvent(new Event("star"));
    this.draw();
  }

  /** @returns {ArrayLike<number>|null} where an uploaded picture lies, be it at hand or known by a link only */
  uploadPlace() {
    const { kind, position } = this.probe.anchor;
    return this.star ?? (kind === "upload" ? position : null);
  }

  /** @param {number} x @param {number} y pixels of the overlay @returns {boolean} whether the star of an uploaded picture is there */
  onUpload(x, y) {
    const place = this.uploadPlace();
    if (!place || !this.projection.refresh()) return false;
    const [sx, sy] = this.projection.toScreen(place);
    return Math.hypot(sx - x, sy - y) <= STAR.outer;
  }

  /** @param {import("../core/api.js").Neighbour[]} neighbours of the probe */
  setNeighbours(neighbours) {
    this.neighbours = neighbours;
    this.draw();
  }

  /** @param {number} index sample under the mouse, or -1 */
  setHovered(index) {
    if (index === this.hovered) return;
    this.hovered = index;
    this.draw();
  }

  resize() {
    const box = this.projection.plot.getBoundingClientRect();
    this.sheet.resize(box.width, box.height);
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
    this.drawSoon.cancel();
    const { projection } = this;
    if (!projection.refresh() || !projection.width) return this.sheet.clear();
    const { probe, foot, neighbours, stars, hovered } = this.places();
    this.sheet.cover([probe, foot, ...neighbours, ...stars.map(({ place }) => place), ...hovered], MARGIN);
    this.drawNeighbours(probe, neighbours);
    this.drawPlumb(probe, foot);
    for (const { place, colour } of stars) this.drawStar(place, colour, probe);
    for (const place of hovered) this.drawRing(place, 7, this.ink.text);
    this.drawProbe(probe);
  }

  /** All that is drawn, in pixels. */
  places() {
    const { projection, probe: { position, anchor }, ink, cloud, shown } = this;
    const on = (point) => projection.toScreen(point);
    const sample = (index) => on(cloud.points.subarray(3 * index, 3 * index + 3));
    const stars = [];
    const uploaded = this.uploadPlace();
    if (anchor.kind === "sample") stars.push({ place: on(anchor.position), colour: ink.surface });
    if (uploaded) stars.push({ place: on(uploaded), colour: ink.accent });
    return {
      probe: on(position), foot: on([position[0], position[1], cloud.floor]), stars,
      neighbours: this.neighbours.filter(({ label }) => shown[label]).map(({ index }) => sample(index)),
      hovered: this.hovered < 0 ? [] : [sample(this.hovered)],
    };
  }

  drawNeighbours([x, y], neighbours) {
    const { pen } = this;
    pen.strokeStyle = this.ink.text;
    pen.lineWidth = 1;
    for (const [nx, ny] of neighbours) {
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
  drawPlumb([x, y], [fx, fy]) {
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

  /** Larger the nearer the probe is. */
  drawStar([x, y], colour, [px, py]) {
    const { pen } = this;
    const near = Math.max(0, 1 - Math.hypot(px - x, py - y) / APART);
    const [outer, inner] = ["outer", "inner"].map((part) => STAR[part] + near * (HALO[part] - STAR[part]));
    pen.beginPath();
    for (let corner = 0; corner < 10; corner += 1) {
      const radius = corner % 2 ? inner : outer;
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
    this.drawSoon.cancel();
    this.sheet.clear();
  }
}
