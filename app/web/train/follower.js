/** One sample among the many: ringed while the mouse is over it, followed through the film after a click. */

import { pick } from "./trail.js";

export class Follower {
  /**
   * @param {import("./stage.js").Stage} stage
   * @param {import("./store.js").Store} store
   * @param {{classLabel: (label: number) => string, moving: () => boolean, wake: () => void}} told
   */
  constructor(stage, store, told) {
    Object.assign(this, { stage, store, told });
  }

  /** @returns {number|null} the sample at a place of the stage */
  at(x, y) {
    const { lens, unit, points, labels, shown } = this.stage;
    return points ? pick(lens, x, y, unit, points, labels, shown) : null;
  }

  look(x, y) {
    if (!this.told.moving()) this.mark(this.at(x, y));
  }

  /** @param {number|null} index of the sample to ring */
  mark(index) {
    if (this.stage.mark === index) return;
    this.stage.mark = index;
    this.redraw();
  }

  pick(x, y) {
    const index = this.at(x, y);
    this.follow(index === this.stage.followed?.index ? null : index);
  }

  /** Draws a sample's way through all frames that are there, or no one's. @param {number|null} index */
  follow(index) {
    const { store, stage } = this;
    const path = () => [...store.manifest.epochs.keys()].filter((at) => store.frame(at)).map((at) => store.point(at, index));
    stage.followed = index === null ? null : { index, path: path(), name: this.told.classLabel(store.labels[index]) };
    stage.mark = null;
    this.redraw();
  }

  /** More frames have come. */
  renew() {
    if (this.stage.followed) this.follow(this.stage.followed.index);
  }

  redraw() {
    this.stage.stale = true;
    this.told.wake();
  }
}
