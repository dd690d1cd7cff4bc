/** A place of the probe as plain data, to be kept and to be gone back to. */

import { latentOf } from "./link.js";

const SAME = 5e-4; // of the view: what a link rounds away
const ROUNDED = 1e-5; // relative, of a latent's numbers

/**
 * @typedef {{kind: import("./probe.js").AnchorKind, anchor: number|null, z: number[]|null, p: number[]}} Place `kind`
 *   of the anchor, `anchor` the sample that it is; `z`, (d), the latent of an upload, or the probe's own where that
 *   lies beside the view; `p`, (3), the position in the view
 */

/** @param {import("./probe.js").Probe} probe @returns {Place} where it is now */
export function placeOfProbe(probe) {
  const { anchor: { kind, index }, position } = probe;
  return { kind, anchor: index, z: latentOf(probe), p: Array.from(position) };
}

/** @param {ArrayLike<number>} one @param {ArrayLike<number>} other @returns {boolean} whether both are one position */
export function near(one, other) {
  return [0, 1, 2].every((axis) => Math.abs(one[axis] - other[axis]) < SAME);
}

/** @param {Place} one @param {Place} other */
export function samePlace(one, other) {
  const sameAnchor = one.kind === other.kind && one.anchor === other.anchor;
  return sameAnchor && sameLatent(one.z, other.z) && near(one.p, other.p);
}

/** @param {number[]|null} one @param {number[]|null} other of which a file keeps six digits */
function sameLatent(one, other) {
  if (!one || !other) return one === other;
  return one.every((value, row) => Math.abs(value - other[row]) <= ROUNDED * (1 + Math.abs(value)));
}

/**
 * Takes the probe there; a newer move wins over a late answer.
 * @param {import("./probe.js").Probe} probe @param {Place} place
 */
export async function goTo(probe, { kind, anchor, z, p }) {
  if (kind === "upload") probe.goToLatent(z, kind);
  else if (kind === "mean") probe.home();
  else if (probe.anchor.index !== anchor || near(p, probe.position) || probe.besideView()) {
    if (!(await probe.goToSample(anchor))) return;
  }
  if (kind !== "upload" && z) probe.moveToLatent(z);
  else if (!near(p, probe.position)) probe.moveTo(p);
}
