/** What lies above the explorer's cloud: probe, stars of start and upload, lines to neighbours, the hover's ring. */

import { Handle, Path, PlumbLine, Rings, Spokes, Star } from "../view/layers.js";
import { LINES } from "./spaces.js";

/** @typedef {{latent: number[], name: string, picture: string}} Landed an upload: its file's name, a data: address */

const POINTED = 14; // pixels, radius of the ring around what a tile points at

/**
 * Events: `star`, when that of an uploaded picture comes, moves or goes; `neighbours`, when those on show change;
 * `hovered` (detail: a sample's index or -1), when another sample comes under the mouse.
 */
export class ProbeOverlay extends EventTarget {
  /**
   * @param {import("../view/view.js").View} view @param {import("./probe.js").Probe} probe
   * @param {import("./trail.js").Trail} trail
   */
  constructor(view, probe, trail) {
    super();
    this.view = view;
    this.probe = probe;
    /** @type {ArrayLike<number>|null} where an uploaded picture that is at hand lies */
    this.star = null;
    /** @type {Landed|null} the picture there */
    this.landed = null;
    /** @type {Object<string, import("../core/api.js").Neighbour[]>} of the probe, in the spaces on show */
    this.neighbours = { latent: [] };
    this.hovered = -1;
    this.pointed = -1;
    const here = () => probe.position;
    const start = () => (probe.anchor.kind === "sample" ? probe.anchor.position : null);
    const moveTo = (point, time) => probe.moveByHand(point, time);
    const grip = { point: here, hold: (held) => probe.hold(held), moveTo };
    view.add(new Path(() => trail.recent(probe.position)));
    trail.addEventListener("change", () => this.drawSoon());
    for (const [space, style] of Object.entries(LINES)) {
      view.add(new Spokes(here, () => this.shownNeighbours(space), style));
    }
    view.add(new PlumbLine(here, view.limits[2][0]));
    view.add(new Star(start, "surface", here));
    this.upload = view.add(new Star(() => this.uploadPlace(), "accent", here));
    view.add(new Rings(() => (this.hovered < 0 ? [] : [this.sample(this.hovered)])));
    this.handle = view.add(new Handle(grip));
    view.add(new Rings(() => (this.isShown(this.pointed) ? [this.sample(this.pointed)] : []), POINTED));
  }

  /** @param {number} index */
  sample(index) {
    return this.view.points.subarray(3 * index, 3 * index + 3);
  }

  /** @param {number} index of a sample whose class is not hidden; -1 is none */
  isShown(index) {
    return index >= 0 && this.view.shown[this.view.labels[index]];
  }

  /** @param {string} space */
  shownNeighbours(space) {
    const { shown } = this.view;
    return (this.neighbours[space] ?? []).filter(({ label }) => shown[label]).map(({ index }) => this.sample(index));
  }

  /**
   * @param {ArrayLike<number>|null} position of an uploaded picture; the star of the probe's anchor needs no call
   * @param {Landed|null} [landed] the picture
   */
  setStar(position, landed = null) {
    this.star = position;
    this.landed = landed;
    this.dispatchEvent(new Event("star"));
    this.draw();
  }

  /** @returns {ArrayLike<number>|null} where an uploaded picture lies, be it at hand or known by a link only */
  uploadPlace() {
    const { kind, position } = this.probe.anchor;
    return this.star ?? (kind === "upload" ? position : null);
  }

  /** @param {Object<string, import("../core/api.js").Neighbour[]>} neighbours of the probe, in the spaces on show */
  setNeighbours(neighbours) {
    this.neighbours = neighbours;
    this.dispatchEvent(new Event("neighbours"));
    this.draw();
  }

  /** @param {number} index sample under the mouse, or -1 */
  setHovered(index) {
    if (index === this.hovered) return;
    this.hovered = index;
    this.dispatchEvent(new CustomEvent("hovered", { detail: index }));
    this.draw();
  }

  /** @param {number} index sample whose tile is pointed at or has the focus, or -1 */
  setPointed(index) {
    if (index === this.pointed) return;
    this.pointed = index;
    this.draw();
  }

  /** @param {import("../core/theme.js").ThemeColours} theme */
  setTheme(theme) {
    this.view.setTheme(theme);
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
