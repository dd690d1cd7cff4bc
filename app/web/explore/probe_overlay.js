/** What lies above the explorer's cloud: probe, stars of start and upload, lines to neighbours, the hover's ring. */

import { Handle, PlumbLine, Rings, Spokes, Star } from "../view/layers.js";

/** Event: `star`, when that of an uploaded picture comes, moves or goes. */
export class ProbeOverlay extends EventTarget {
  /** @param {import("../view/view.js").View} view @param {import("./probe.js").Probe} probe */
  constructor(view, probe) {
    super();
    this.view = view;
    this.probe = probe;
    /** @type {ArrayLike<number>|null} where an uploaded picture that is at hand lies */
    this.star = null;
    /** @type {import("../core/api.js").Neighbour[]} */
    this.neighbours = [];
    this.hovered = -1;
    const here = () => probe.position;
    const start = () => (probe.anchor.kind === "sample" ? probe.anchor.position : null);
    const moveTo = (point, time) => probe.moveByHand(point, time);
    const grip = { point: here, hold: (held) => probe.hold(held), moveTo };
    view.add(new Spokes(here, () => this.shownNeighbours()));
    view.add(new PlumbLine(here, view.limits[2][0]));
    view.add(new Star(start, "surface", here));
    this.upload = view.add(new Star(() => this.uploadPlace(), "accent", here));
    view.add(new Rings(() => (this.hovered < 0 ? [] : [this.sample(this.hovered)])));
    this.handle = view.add(new Handle(grip));
  }

  /** @param {number} index */
  sample(index) {
    return this.view.points.subarray(3 * index, 3 * index + 3);
  }

  shownNeighbours() {
    const { shown } = this.view;
    return this.neighbours.filter(({ label }) => shown[label]).map(({ index }) => this.sample(index));
  }

  /** @param {ArrayLike<number>|null} position of an uploaded picture; the star of the probe's anchor needs no call */
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

  /** @param {import("../core/theme.js").Ink} ink */
  setInk(ink) {
    this.view.setInk(ink);
  }

  /** @returns {import("../view/lens.js").Place|null} of the probe */
  probePlace() {
    return this.view.place(this.probe.position);
  }

  /** Now; the cloud stays. */
  draw() {
    this.view.layers.draw();
  }

  /** In the next frame, once, whatever moves until then. */
  drawSoon() {
    this.view.layers.drawSoon();
  }
}
