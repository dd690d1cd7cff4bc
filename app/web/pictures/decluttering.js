/**
 * Which samples of a cloud are drawn as pictures, and how large: those near the camera or the probe, the nearest first,
 * as many as leave room for each other. Plain numbers, nothing is drawn here.
 */

import { proportions } from "../view/box.js";

export const PICTURES_MOST = 240;

const LARGE = 1 / 14; // of the view's shorter side, of a picture that is nearest
const SMALL = 1 / 36; // ... and of one that is hardly near
const LARGEST = 60; // pixels
const SMALLEST = 16;
const APART = 0.85; // of the mean side of two pictures: as near as their middles may be
const REACH = 0.2; // of the box's longest side: how far from the probe is near
const EDGE = 0.02; // share of the points that may be nearer to the camera than what counts as nearest
const DEPTHS = 400; // points from which the depths of all are judged

/**
 * @typedef {{index: number, size: number, depth: number}} Chosen a sample, the side of its picture in pixels, and the
 *   depth at which it is so large
 *
 * @typedef {object} Sight
 * @property {import("../view/lens.js").Lens} lens
 * @property {import("../view/box.js").Limits} limits of the box
 * @property {Float32Array} points (n, 3)
 * @property {number} width @property {number} height of the view, pixels
 */

/**
 * @param {Sight} sight
 * @param {ArrayLike<number>} candidates indices
 * @param {import("../view/layers.js").Point} probe
 * @returns {Chosen[]} PICTURES_MOST at most, the nearest first
 */
export function uncluttered(sight, candidates, probe) {
  const seen = inSight(sight, candidates);
  const near = nearness(sight, seen, probe);
  const order = Uint32Array.from(near.keys()).filter((at) => near[at] > 0).sort((a, b) => near[b] - near[a]);
  const short = Math.min(sight.width, sight.height);
  const [small, large] = [Math.max(SMALLEST, SMALL * short), Math.min(LARGEST, LARGE * short)];
  const room = new Room(large);
  const chosen = [];
  const { indices, xs, ys, depths } = seen;
  for (const at of order) {
    const size = small + (large - small) * near[at];
    if (room.take(xs[at], ys[at], size)) chosen.push({ index: indices[at], size, depth: depths[at] });
    if (chosen.length === PICTURES_MOST) break;
  }
  return chosen;
}

/**
 * @typedef {{indices: Uint32Array, xs: Float32Array, ys: Float32Array, depths: Float32Array}} Seen of those candidates
 *   that are within the view
 */

/** @param {Sight} sight @param {ArrayLike<number>} candidates @returns {Seen} */
function inSight({ lens: { x: row, y: line, depth: deep, middle }, points, width, height }, candidates) {
  const indices = new Uint32Array(candidates.length);
  const [xs, ys, depths] = [0, 1, 2].map(() => new Float32Array(candidates.length));
  let count = 0;
  for (let each = 0; each < candidates.length; each += 1) {
    const index = candidates[each], at = 3 * index;
    const a = points[at], b = points[at + 1], c = points[at + 2];
    const depth = deep[0] * a + deep[1] * b + deep[2] * c + deep[3];
    const x = (row[0] * a + row[1] * b + row[2] * c + row[3]) / depth + middle[0];
    const y = (line[0] * a + line[1] * b + line[2] * c + line[3]) / depth + middle[1];
    if (!(depth > 0 && x >= 0 && y >= 0 && x <= width && y <= height)) continue;
    indices[count] = index; xs[count] = x; ys[count] = y; depths[count] = depth;
    count += 1;
  }
  const [seenXs, seenYs, seenDepths] = [xs, ys, depths].map((values) => values.subarray(0, count));
  return { indices: indices.subarray(0, count), xs: seenXs, ys: seenYs, depths: seenDepths };
}

/**
 * @param {Sight} sight @param {Seen} seen @param {import("../view/layers.js").Point} probe
 * @returns {Float32Array} of each: 1 at the camera's side of the cloud or at the probe, 0 from the cloud's middle on
 *   and far from the probe
 */
function nearness({ limits, points }, { indices, depths }, probe) {
  const stride = Math.max(1, Math.floor(depths.length / DEPTHS));
  const some = depths.filter((_, at) => at % stride === 0).sort();
  const front = some[Math.floor(EDGE * some.length)], middle = some[some.length >> 1];
  const box = proportions(limits);
  const [ux, uy, uz] = [box.x, box.y, box.z].map((size, axis) => size / (limits[axis][1] - limits[axis][0]));
  const reach = REACH * Math.max(box.x, box.y, box.z);
  return depths.map((depth, each) => {
    const at = 3 * indices[each];
    const right = ux * (points[at] - probe[0]), along = uy * (points[at + 1] - probe[1]);
    const up = uz * (points[at + 2] - probe[2]);
    const toProbe = 1 - Math.sqrt(right * right + along * along + up * up) / reach;
    const toCamera = middle > front ? (middle - depth) / (middle - front) : 1;
    return Math.min(1, Math.max(0, toCamera, toProbe));
  });
}

/** What is taken, in cells as large as the largest picture: what may be too near lies in a cell or beside it. */
class Room {
  /** @param {number} cell pixels */
  constructor(cell) {
    this.cell = cell;
    /** @type {Map<number, number[][]>} x, y and size by cell */
    this.taken = new Map();
  }

  /** @returns {boolean} whether there was room for a square around that place; it is taken then */
  take(x, y, size) {
    const [column, row] = [Math.floor(x / this.cell), Math.floor(y / this.cell)];
    for (let across = -1; across <= 1; across += 1) {
      for (let down = -1; down <= 1; down += 1) {
        for (const [ox, oy, other] of this.taken.get(keyOf(column + across, row + down)) ?? []) {
          const apart = 0.5 * APART * (size + other);
          if (Math.abs(ox - x) < apart && Math.abs(oy - y) < apart) return false;
        }
      }
    }
    const key = keyOf(column, row);
    if (!this.taken.has(key)) this.taken.set(key, []);
    this.taken.get(key).push([x, y, size]);
    return true;
  }
}

/** @param {number} column @param {number} row */
function keyOf(column, row) {
  return 4096 * row + column;
}
