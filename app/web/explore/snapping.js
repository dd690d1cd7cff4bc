/**
 * Keeps a position among the samples: where they are sparse, it is drawn to the mean of the nearest (a few steps of
 * mean shift; Fukunaga & Hostetler 1975); among them it stays as it is.
 */

const NEIGHBOURS = 20;
const FREE = 1.3; // times the usual distance to the neighbours: up to there nothing is drawn
const CAUGHT = 2.5; // from there on, all the way
const STEPS = 4;
const SOME = 200; // samples, of which the usual distance is the median

export class Snapping {
  /** @param {Float32Array} points (n, 3) @param {Uint8Array} labels (n,) @param {() => boolean[]} shown by class */
  constructor(points, labels, shown) {
    this.points = points;
    this.labels = labels;
    this.shown = shown;
    /** @type {number|null} the usual distance between neighbours, computed once it is needed */
    this.known = null;
  }

  /** @param {ArrayLike<number>} position @returns {number[]} the same, or where samples are */
  snap(position) {
    let place = Array.from(position);
    for (let step = 0; step < STEPS; step += 1) {
      const near = this.nearest(place, this.shown());
      const pull = near.length ? this.pull(near) : 0;
      if (!pull) break;
      const centre = this.centre(near);
      place = place.map((value, axis) => value + pull * (centre[axis] - value));
    }
    return place;
  }

  /** How far towards its neighbours a position is drawn, 0 to 1. @param {[number, number][]} near */
  pull(near) {
    const width = mean(near.map(([distance]) => distance));
    return smooth((width / this.usual - FREE) / (CAUGHT - FREE));
  }

  /** The mean of neighbours, each weighted by how much nearer it is than the farthest. */
  centre(near) {
    const nearest = near[0][0];
    const far = near[near.length - 1][0] - nearest || 1;
    const sum = [0, 0, 0];
    let total = 0;
    for (const [distance, index] of near) {
      const weight = Math.exp(-2 * ((distance - nearest) / far) ** 2);
      total += weight;
      for (let axis = 0; axis < 3; axis += 1) sum[axis] += weight * this.points[3 * index + axis];
    }
    return sum.map((value) => value / total);
  }

  /**
   * @param {ArrayLike<number>} position @param {boolean[]} [shown] by class; otherwise every class counts
   * @returns {[number, number][]} distance and index of the samples that are nearest, nearest first
   */
  nearest(position, shown) {
    const { points, labels } = this;
    const [x, y, z] = Array.from(position);
    /** @type {[number, number][]} */
    const found = [];
    let worst = Infinity;
    for (let index = 0, at = 0; index < labels.length; index += 1, at += 3) {
      if (shown && !shown[labels[index]]) continue;
      const square = (points[at] - x) ** 2 + (points[at + 1] - y) ** 2 + (points[at + 2] - z) ** 2;
      if (square >= worst) continue;
      let place = found.length;
      while (place > 0 && found[place - 1][0] > square) place -= 1;
      found.splice(place, 0, [square, index]);
      if (found.length > NEIGHBOURS) found.pop();
      if (found.length === NEIGHBOURS) [worst] = found[NEIGHBOURS - 1];
    }
    return found.map(([square, index]) => [Math.sqrt(square), index]);
  }

  /** @returns {number} the median of the samples' mean distance to their neighbours */
  get usual() {
    if (this.known !== null) return this.known;
    const step = Math.max(1, Math.floor(this.labels.length / SOME));
    const widths = [];
    for (let index = 0; index < this.labels.length; index += step) {
      const near = this.nearest(this.points.subarray(3 * index, 3 * index + 3));
      widths.push(mean(near.map(([distance]) => distance)));
    }
    widths.sort((a, b) => a - b);
    return (this.known = widths[widths.length >> 1] || 1);
  }
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** @param {number} share below 0 none, above 1 all, with no corner between */
function smooth(share) {
  const within = Math.min(1, Math.max(0, share));
  return within * within * (3 - 2 * within);
}
