/** A place of the probe as plain data, to be kept and to be gone back to. */

import { latentOf } from "./link.js";

const SAME = 5e-4; // of the view: what a link rounds away

/**
 * @typedef {{anchor: number|null, z: number[]|null, p: number[]}} Place `anchor` and `z` as in a link's view; `p`, (3),
 *   the position in the view, always there
 */

/** @param {import("./probe.js").Probe} probe @returns {Place} where it is now */
export function placeOfProbe(probe) {
  return { anchor: probe.anchor.index, z: latentOf(probe), p: Array.from(probe.position) };
}

/** @param {ArrayLike<number>} one @param {ArrayLike<number>} other @returns {boolean} whether both are one position */
export function near(one, other) {
  return [0, 1, 2].every((axis) => Math.abs(one[axis] - other[axis]) < SAME);
}

/** @param {Place} one @param {Place} other */
export function samePlace(one, other) {
  const sameLatent = one.z === other.z || one.z?.every((value, row) => value === other.z?.[row]);
  return one.anchor === other.anchor && Boolean(sameLatent) && near(one.p, other.p);
}

/**
 * Takes the probe there; a newer move wins over a late answer.
 * @param {import("./probe.js").Probe} probe @param {Place} place
 */
export async function goTo(probe, { anchor, z, p }) {
  if (anchor === null && z) probe.goToLatent(z, "upload");
  else if (anchor === null) probe.home();
  else if (probe.anchor.index !== anchor || near(p, probe.position) || probe.besideView()) {
    await probe.goToSample(anchor);
  }
  if (probe.anchor.index !== anchor) return;
  if (anchor !== null && z) probe.moveToLatent(z);
  else if (!near(p, probe.position)) probe.moveTo(p);
}
