/** Traversals of latent axes: one number goes through its range while the others stay. Nothing here knows the page. */

export const STEPS = 7;
const UNUSED = 0.05; // of the widest axis' range: what is below changes no picture
const ROWS_MOST = 16; // a person reads no more strips than that

/**
 * @typedef {{axis: number, low: number, high: number, used: boolean}} Range of one latent axis: the middle 98 % of the
 *   samples
 */

/**
 * @param {number[][]} ranges (d, 2)
 * @returns {Range[]} of all axes, or of those with the widest ranges where they are many; in their order
 */
export function shownAxes(ranges) {
  const widths = ranges.map(([low, high]) => high - low);
  const widest = Math.max(...widths);
  const axes = [...widths.keys()].sort((a, b) => widths[b] - widths[a]).slice(0, ROWS_MOST).sort((a, b) => a - b);
  return axes.map((axis) => {
    const [low, high] = ranges[axis];
    return { axis, low, high, used: widths[axis] > UNUSED * widest };
  });
}

/** @param {Range} range @returns {number[]} evenly spaced, both ends among them */
export function stepsOf({ low, high }) {
  return Array.from({ length: STEPS }, (_, at) => low + ((high - low) * at) / (STEPS - 1));
}

/** @param {ArrayLike<number>} latent (d,) @param {Range} range @returns {Float32Array} (7, d) */
export function traversal(latent, range) {
  const latents = new Float32Array(STEPS * latent.length);
  stepsOf(range).forEach((value, at) => {
    latents.set(latent, at * latent.length);
    latents[at * latent.length + range.axis] = value;
  });
  return latents;
}

/** A draw from N(0, I). @param {number} d @returns {Float32Array} (Box & Muller 1958) */
export function standardNormal(d) {
  return Float32Array.from({ length: d }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
    return radius * Math.cos(2 * Math.PI * Math.random());
  });
}
