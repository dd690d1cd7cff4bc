/** Errors of guesses and of pictures, to the power n. */

const STEPS = 1000; // of the guesses that are compared
const MARGIN = 1.5; // on each side of a logarithmic axis

/** Mean of |point - guess|^n. @param {number[]} points @param {number} guess @param {number} n */
export function loss(points, guess, n) {
  return points.reduce((sum, point) => sum + Math.abs(point - guess) ** n, 0) / points.length;
}

/** @param {number} n @param {number[]} points in [0, 1] @returns {number} the guess of the least loss, by trying all */
export function best(points, n) {
  let [found, least] = [0, Infinity];
  for (let step = 0; step <= STEPS; step += 1) {
    const guess = step / STEPS;
    const here = loss(points, guess, n);
    if (here < least - 1e-12) [found, least] = [guess, here];
  }
  return found;
}

/**
 * @param {Uint8Array} one @param {Uint8Array} other 32 x 32 RGB pixels @param {number} n
 * @returns {Float32Array} of each pixel, the mean of |one - other|^n over the colours, values in [0, 1]
 */
export function errorMap(one, other, n) {
  const map = new Float32Array(one.length / 3);
  for (let at = 0; at < one.length; at += 1) {
    map[Math.floor(at / 3)] += (Math.abs(one[at] - other[at]) / 255) ** n / 3;
  }
  return map;
}

/** @param {number[]} dims at least one, 1 or more @returns {[number, number]} a logarithmic axis' range around them */
export function around(dims) {
  return [Math.min(...dims) / MARGIN, Math.max(...dims) * MARGIN];
}

/**
 * Which of the two best guesses has followed a move: one that went more than twice as far as the other.
 * @param {number} squared how far that of the squared error went @param {number} absolute and that of the absolute one
 * @returns {"squared"|"absolute"|"both"}
 */
export function follower(squared, absolute) {
  if (squared > 2 * absolute) return "squared";
  return absolute > 2 * squared ? "absolute" : "both";
}
