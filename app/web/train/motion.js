/** Between two epochs: points glide on smooth curves that pass each frame exactly and overshoot none of them. */

/** float16 bits to number, all 65,536 of them. */
const HALVES = new Float32Array(65536);
for (let bits = 0; bits < 65536; bits += 1) HALVES[bits] = half(bits);

function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return exponent === 31 ? sign * (fraction ? NaN : Infinity) : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** @param {Uint16Array} bits @returns {Float32Array} */
export function decoded(bits) {
  const out = new Float32Array(bits.length);
  for (let at = 0; at < bits.length; at += 1) out[at] = HALVES[bits[at]];
  return out;
}

/**
 * The way from frame b to frame c, knowing the frame before and the one after. Slopes at the ends are those of a
 * monotone cubic (Fritsch & Butland, "A method for constructing local monotone piecewise cubic interpolants", 1984).
 */
export class Stretch {
  /** @param {Float32Array|null} a @param {Float32Array} b @param {Float32Array} c @param {Float32Array|null} d */
  constructor(a, b, c, d) {
    this.from = b;
    this.to = c;
    this.slopes = [slopes(a, b, c), slopes(b, c, d)];
  }

  /** Cubic Hermite. @param {number} share 0 to 1 @param {Float32Array} out */
  at(share, out) {
    const { from, to, slopes: [start, end] } = this;
    const s2 = share * share;
    const s3 = s2 * share;
    const h1 = 3 * s2 - 2 * s3, h0 = 1 - h1, g0 = s3 - 2 * s2 + share, g1 = s3 - s2;
    for (let i = 0; i < from.length; i += 1) out[i] = h0 * from[i] + h1 * to[i] + g0 * start[i] + g1 * end[i];
    return out;
  }
}

/** At the middle one of three frames; at the film's ends points rest. */
function slopes(before, here, after) {
  const out = new Float32Array(here.length);
  if (!before || !after) return out;
  for (let i = 0; i < here.length; i += 1) {
    const come = here[i] - before[i], go = after[i] - here[i];
    if (come * go > 0) out[i] = (2 * come * go) / (come + go);
  }
  return out;
}
