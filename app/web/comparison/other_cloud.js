/**
 * The second model's cloud, beside the first one's: camera, colours and hidden classes are shared, a sample that is
 * pointed at in one is ringed in both, and a click takes the probe to the sample.
 */

import { HoverCard } from "../explore/hovercard.js";
import { axesOf } from "../explore/panel_list.js";
import { CanvasPainter } from "../view/canvas_painter.js";
import { Disc, Rings, Star } from "../view/layers.js";
import { View } from "../view/view.js";
import { moved } from "./alignment.js";

export class OtherCloud {
  /**
   * @param {HTMLElement} stage @param {import("../explore/explorer.js").Explorer} explorer
   * @param {import("../explore/panel_list.js").Context} context
   * @param {import("./other_model.js").OtherModel} other @param {boolean} aligned
   */
  constructor(stage, { scene, shown }, context, other, aligned) {
    const { labels, overlay, probe } = context;
    this.scene = scene;
    this.other = other;
    this.aligned = aligned && other.aligned !== null;
    /** @type {ArrayLike<number>|null} what is followed, as the model has it */
    this.followed = null;
    const { theme, camera } = scene;
    const look = { axes: axesOf(other.card), theme, camera, painter: new CanvasPainter(scene.painter.discs) };
    this.view = new View(stage, { points: this.points, labels, limits: this.limits, shown, ...look });
    this.hover = new HoverCard(stage, { ...context, api: other.api });
    this.listening = new AbortController();
    this.addLayers(overlay, probe);
    this.listen(overlay, probe);
  }

  get points() {
    return this.aligned ? this.other.aligned : this.other.points;
  }

  get limits() {
    return this.aligned ? this.scene.limits : this.other.card.ranges;
  }

  /** @param {boolean} aligned whether it lies over the first cloud, in the box of that */
  align(aligned) {
    this.aligned = aligned && this.other.aligned !== null;
    this.view.setLimits(this.limits);
    this.view.setPoints(this.points);
    this.view.layers.drawSoon();
  }

  /** @param {ArrayLike<number>|null} position of what is followed, as the model has it */
  follow(position) {
    this.followed = position;
    this.view.layers.drawSoon();
  }

  addLayers(overlay, probe) {
    const sample = (index) => this.points.subarray(3 * index, 3 * index + 3);
    const started = () => (probe.anchor.kind === "sample" ? sample(probe.anchor.index) : null);
    this.view.add(new Star(started, "surface", () => this.place() ?? started()));
    this.view.add(new Disc(() => this.place()));
    this.view.add(new Rings(() => (overlay.hovered < 0 ? [] : [sample(overlay.hovered)])));
  }

  /** @returns {ArrayLike<number>|null} where what is followed stands in this view */
  place() {
    const { followed, aligned, other: { alignment } } = this;
    return followed && aligned ? moved(followed, alignment) : followed;
  }

  listen(overlay, probe) {
    const { signal } = this.listening;
    const on = (target, name, run) => target.addEventListener(name, run, { signal });
    on(this.view, "pick", ({ detail: { index } }) => index >= 0 && probe.goToSample(index));
    on(this.view, "hover", ({ detail: { index, x, y } }) => {
      this.hover.show(index, x, y);
      overlay.setHovered(index);
    });
    on(overlay, "hovered", () => this.view.layers.drawSoon());
    on(probe, "anchor", () => this.view.layers.drawSoon());
  }

  dispose() {
    this.listening.abort();
    this.hover.dispose();
    this.view.dispose();
  }
}
