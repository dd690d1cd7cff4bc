/** The film's picture: a view whose points move, whose box grows calmly, and in which one sample may be followed. */

import { Camera } from "../view/camera.js";
import { Rings, Trail } from "../view/layers.js";
import { View } from "../view/view.js";

const EASE = 350; // milliseconds in which two thirds of a change of the box's limits are made
const NEAR_ENOUGH = 1e-4;

/**
 * @typedef {import("../core/theme.js").ThemeColours} ThemeColours
 * @typedef {{labels: Uint8Array, shown: boolean[], axes: string[], limits: number[][],
 *   camera: import("../view/orbit.js").Pose|null}} Film
 * @typedef {{index: number, path: Float32Array[], name: string}} Followed
 */

export class Stage {
  /** @param {HTMLElement} slot @param {{palette: string[], theme: ThemeColours}} context */
  constructor(slot, { palette, theme }) {
    this.slot = slot;
    this.palette = palette;
    this.theme = theme;
    /** @type {View|null} until the film is known */
    this.view = null;
    /** @type {number|null} the sample under the mouse */
    this.mark = null;
    /** @type {Followed|null} */
    this.followed = null;
  }

  /** @param {Film} film */
  begin({ labels, shown, axes, limits, camera }) {
    const { palette, theme } = this;
    this.goal = limits;
    const options = { labels, shown, axes, limits: limits.map((pair) => [...pair]), palette, theme };
    this.view = new View(this.slot, { ...options, camera: new Camera(camera) });
    this.view.painter.surface.dataset.testid = "film-canvas";
    this.view.add(new Trail(() => this.followed && { ...this.followed, point: this.sample(this.followed.index) }));
    this.view.add(new Rings(() => (this.mark === null ? [] : [this.sample(this.mark)])));
  }

  get points() {
    return this.view?.points ?? null;
  }

  get shown() {
    return this.view.shown;
  }

  /** @returns {import("../view/orbit.js").Pose} */
  get camera() {
    return this.view.pose;
  }

  /** Or else one sees the whole box, whatever the size. */
  get turnedByHand() {
    return Boolean(this.view?.camera.pose);
  }

  /** @param {number} index */
  sample(index) {
    return this.points.subarray(3 * index, 3 * index + 3);
  }

  /** @param {ThemeColours} theme */
  recolour(theme) {
    this.theme = theme;
    this.view?.setTheme(theme);
  }

  /** @param {number[][]} limits towards which the box grows or shrinks, calmly */
  setLimits(limits) {
    this.goal = limits;
  }

  /** @param {Float32Array} points (n, 3) of this moment */
  show(points) {
    this.view.setPoints(points);
  }

  /** @param {number} elapsed milliseconds @returns {boolean} whether the box is still on its way */
  ease(elapsed) {
    if (!this.view) return false;
    const share = 1 - Math.exp(-elapsed / EASE);
    const ways = this.goal.map((pair, axis) => pair.map((value, end) => value - this.view.limits[axis][end]));
    const farthest = Math.max(...ways.flat().map(Math.abs));
    if (farthest === 0) return false;
    const limits = ways.map((pair, axis) => pair.map((way, end) => (
      Math.abs(way) < NEAR_ENOUGH ? this.goal[axis][end] : this.view.limits[axis][end] + share * way)));
    this.view.setLimits(limits);
    return farthest >= NEAR_ENOUGH;
  }

  draw() {
    this.view?.draw();
  }

  dispose() {
    this.view?.dispose();
  }
}
