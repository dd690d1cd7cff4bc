/** Manifolds: points drawn on them, put into m dimensions, with noise; and how well numbers tell the true ones. */

import { FIT_POINTS_MOST, FIT_SPACE_MOST } from "../shared/contract.js";
import { normal, seeded } from "../learn/random.js";

const SEED = 3;
const TURNS = 3; // of the curve
const ROLL = { from: 1.5 * Math.PI, to: 4.5 * Math.PI, broad: 21 };
const TUBE = 0.4; // the torus's radius of the tube, its other one being 1
const TABLE = 4000; // steps of a length along a curve

/**
 * d and f: from tau in [0, 1]^d to space; along the curve, the roll and the S, tau is the share of the length.
 * @typedef {{d: 1|2, closed: boolean, place: (t: number, u: number) => number[]}} Manifold
 */

/** @type {Object<string, Manifold>} */
export const MANIFOLDS = {
  curve: { d: 1, closed: false, place: alongLength(helix) },
  swiss: { d: 2, closed: false, place: (t, u) => swissRoll(t, u) },
  s: { d: 2, closed: false, place: (t, u) => sCurve(3 * Math.PI * (t - 0.5), u) },
  sphere: { d: 2, closed: true, place: (t, u) => sphere(2 * Math.PI * t, 2 * u - 1) },
  torus: { d: 2, closed: true, place: (t, u) => torus(2 * Math.PI * t, 2 * Math.PI * u) },
};

function helix(/** @type {number} */ t) {
  const radius = 0.3 + 0.7 * t;
  return [radius * Math.cos(2 * Math.PI * TURNS * t), radius * Math.sin(2 * Math.PI * TURNS * t), 2 * t];
}

const spiral = alongLength((t) => {
  const angle = ROLL.from + t * (ROLL.to - ROLL.from);
  return [angle * Math.cos(angle), angle * Math.sin(angle)];
});

function swissRoll(/** @type {number} */ t, /** @type {number} */ u) {
  const [x, z] = spiral(t);
  return [x, ROLL.broad * u, z];
}

function sCurve(/** @type {number} */ angle, /** @type {number} */ u) {
  return [Math.sin(angle), 2 * u, Math.sign(angle) * (Math.cos(angle) - 1)];
}

function sphere(/** @type {number} */ longitude, /** @type {number} */ height) {
  const radius = Math.sqrt(1 - height ** 2);
  return [radius * Math.cos(longitude), radius * Math.sin(longitude), height];
}

function torus(/** @type {number} */ around, /** @type {number} */ tube) {
  const radius = 1 + TUBE * Math.cos(tube);
  return [radius * Math.cos(around), radius * Math.sin(around), TUBE * Math.sin(tube)];
}

/** The curve, passed at constant speed. @param {(t: number) => number[]} curve @returns {(t: number) => number[]} */
function alongLength(curve) {
  const lengths = [0];
  let before = curve(0);
  for (let step = 1; step <= TABLE; step += 1) {
    const here = curve(step / TABLE);
    lengths.push(lengths[step - 1] + Math.hypot(...here.map((value, axis) => value - before[axis])));
    before = here;
  }
  return (t) => {
    const length = t * lengths[TABLE];
    let [low, high] = [0, TABLE];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (lengths[middle] <= length) low = middle;
      else high = middle;
    }
    return curve((low + (length - lengths[low]) / (lengths[high] - lengths[low])) / TABLE);
  };
}

/**
 * @typedef {{n: number, m: number, d: number, tau: Float32Array[], points: Float32Array, seen: Float32Array}} Sample
 *   `tau`: d times (n,); `points` (n, m); `seen` (n, 3), the points along the three directions that the manifold spans
 */

/** @type {Map<string, {tau: Float32Array[], clean: Float32Array}>} */
const drawn = new Map();

/**
 * Always the same points of a manifold, its mean at 0 and the variance 1 in the mean of its three axes.
 * @param {string} name
 */
function drawnOn(name) {
  if (!drawn.has(name)) {
    const { place } = MANIFOLDS[name];
    const random = seeded(SEED);
    const tau = [0, 1].map(() => new Float32Array(FIT_POINTS_MOST));
    const places = Array.from({ length: FIT_POINTS_MOST }, (_, at) => {
      tau[0][at] = random();
      tau[1][at] = random();
      return place(tau[0][at], tau[1][at]);
    });
    drawn.set(name, { tau, clean: standardised(places) });
  }
  return drawn.get(name);
}

/** @param {number[][]} places @returns {Float32Array} (n, 3) */
function standardised(places) {
  const mean = [0, 1, 2].map((axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length);
  const flat = Float32Array.from(places.flatMap((place) => place.map((value, axis) => value - mean[axis])));
  const scale = Math.sqrt(flat.reduce((sum, value) => sum + value * value, 0) / flat.length);
  return flat.map((value) => value / scale);
}

/** @type {Map<number, Float32Array>} */
const directions = new Map();

/** Three orthonormal directions of R^m, (3, m); the axes themselves where m is 3. @param {number} m */
export function embedding(m) {
  if (!directions.has(m)) {
    const random = seeded(SEED + m);
    const rows = m === 3 ? [[1, 0, 0], [0, 1, 0], [0, 0, 1]] : [];
    while (rows.length < 3) {
      const row = Array.from({ length: m }, () => normal(random));
      for (const other of rows) {
        const share = row.reduce((sum, value, at) => sum + value * other[at], 0);
        other.forEach((value, at) => { row[at] -= share * value; });
      }
      const length = Math.hypot(...row);
      rows.push(row.map((value) => value / length));
    }
    directions.set(m, Float32Array.from(rows.flat()));
  }
  return directions.get(m);
}

let noises = /** @type {Float32Array|null} */ (null);

/** Standard normal numbers, the same for each noise and each number of samples: (FIT_POINTS_MOST, FIT_SPACE_MOST). */
function noise() {
  const random = seeded(SEED + 1000);
  return (noises ??= Float32Array.from({ length: FIT_POINTS_MOST * FIT_SPACE_MOST }, () => normal(random)));
}

/**
 * x = f(tau) + epsilon: the first n points of a manifold in R^m, with normal noise of that deviation on each axis.
 * @param {{shape: string, n: number, m: number, sigma: number}} settings @returns {Sample}
 */
export function sample({ shape, n, m, sigma }) {
  const { tau, clean } = drawnOn(shape);
  const { d } = MANIFOLDS[shape];
  const [axes, random] = [embedding(m), noise()];
  const points = new Float32Array(n * m), seen = new Float32Array(n * 3);
  for (let at = 0; at < n; at += 1) {
    for (let axis = 0; axis < m; axis += 1) {
      let value = sigma * random[at * FIT_SPACE_MOST + axis];
      for (let of = 0; of < 3; of += 1) value += clean[3 * at + of] * axes[of * m + axis];
      points[at * m + axis] = value;
      for (let of = 0; of < 3; of += 1) seen[3 * at + of] += value * axes[of * m + axis];
    }
  }
  return { n, m, d, tau: tau.slice(0, d).map((each) => each.slice(0, n)), points, seen };
}

/**
 * Multiple correlation R of a true number with d recovered ones: that of the number with its best linear reading off
 * them. It has no sign, and turning or mirroring what was recovered leaves it as it is.
 * @param {ArrayLike<number>} tau (n,) @param {Float32Array} recovered (n, d) @param {number} d 1 or 2
 * @returns {{r: number, read: Float64Array}} and that reading, (n,)
 */
export function reading(tau, recovered, d) {
  const n = tau.length;
  const column = (axis) => Float64Array.from({ length: n }, (_, at) => recovered[at * d + axis]);
  const target = centred(Float64Array.from(tau));
  const given = Array.from({ length: d }, (_, axis) => centred(column(axis)));
  const products = given.map((one) => given.map((other) => dot(one, other)));
  const weights = solved(products, given.map((one) => dot(one, target)));
  const read = target.map((_, at) => given.reduce((sum, one, axis) => sum + weights[axis] * one[at], 0));
  return { r: Math.sqrt(Math.min(1, dot(read, read) / (dot(target, target) || 1))), read };
}

function centred(/** @type {Float64Array} */ values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function dot(/** @type {Float64Array} */ one, /** @type {Float64Array} */ other) {
  return one.reduce((sum, value, at) => sum + value * other[at], 0);
}

/** One or two linear equations; a number that says nothing gets no weight. @param {number[][]} a @param {number[]} b */
function solved(a, b) {
  const [[p, q = 0], [, s = 1] = []] = a;
  const determinant = p * s - q * q;
  if (b.length === 1 || determinant <= 1e-12 * p * s) return [p > 0 ? b[0] / p : 0, 0];
  return [(b[0] * s - b[1] * q) / determinant, (b[1] * p - b[0] * q) / determinant];
}
