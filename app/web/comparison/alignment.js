/** One cloud laid over another: scale · p turn + shift, as the server finds it (model/space/procrustes.py). */

/** @typedef {import("../core/api.js").Alignment} Alignment */

/** @param {ArrayLike<number>} point @param {Alignment} alignment @returns {number[]} */
export function moved(point, { turn, scale, shift }) {
  return shift.map((start, axis) => (
    start + scale * (point[0] * turn[0][axis] + point[1] * turn[1][axis] + point[2] * turn[2][axis])));
}

/** @param {Float32Array} points (n, 3) @param {Alignment} alignment @returns {Float32Array} (n, 3) */
export function movedAll(points, alignment) {
  const out = new Float32Array(points.length);
  for (let at = 0; at < points.length; at += 3) out.set(moved(points.subarray(at, at + 3), alignment), at);
  return out;
}
