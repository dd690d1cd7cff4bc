/** What the second model is asked about: the picture that belongs to where the probe is. */

/**
 * @typedef {{kind: "sample", index: number}|{kind: "upload", picture: string, reconstruction: string}
 *   |{kind: "decoded", pixels: Uint8Array<ArrayBuffer>}} Subject `pixels`: 32 x 32 RGB, what the first model's decoder
 *   draws there
 */

/**
 * The sample or the uploaded picture that the probe stands on, or else what is decoded there.
 * @param {import("../explore/probe.js").Probe} probe @param {Uint8Array<ArrayBuffer>|null} pixels the newest that came
 * @returns {Subject|null} null: there is none yet
 */
export function subjectOf(probe, pixels) {
  const { kind, index, picture, reconstruction } = probe.anchor;
  if (probe.atAnchor() && kind === "sample") return { kind, index };
  if (probe.atAnchor() && kind === "upload" && picture) return { kind, picture, reconstruction };
  return pixels && { kind: "decoded", pixels };
}

/** @param {Subject} one @param {Subject|null} other @returns {boolean} whether the answer would be the same */
export function sameSubject(one, other) {
  return Object.entries(one).every(([name, value]) => other?.[name] === value);
}
