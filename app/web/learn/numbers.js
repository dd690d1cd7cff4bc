/** Arithmetic that several lessons need. */

/** @param {number[]|Float32Array} values @returns {number} 0 where there are none */
export function mean(values) {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length ? sum / values.length : 0;
}
