/** Which point of a cloud is at a place on the screen. */

export const REACH = 14; // pixels

/**
 * The point nearest to a place; of two that are equally near, the one in front.
 * @param {import("./lens.js").Lens} lens @param {number} x @param {number} y pixels
 * @param {Float32Array} points (n, 3) @param {Uint8Array} labels @param {boolean[]} shown by class
 * @param {number} [reach] pixels
 * @returns {number} index, or -1
 */
export function nearest({ x: row, y: line, depth: deep, middle }, x, y, points, labels, shown, reach = REACH) {
  let best = -1;
  let least = Infinity;
  for (let i = 0, at = 0; i < labels.length; i += 1, at += 3) {
    if (!shown[labels[i]]) continue;
    const a = points[at], b = points[at + 1], c = points[at + 2];
    const depth = deep[0] * a + deep[1] * b + deep[2] * c + deep[3];
    if (!(depth > 0)) continue;
    const dx = (row[0] * a + row[1] * b + row[2] * c + row[3]) / depth + middle[0] - x;
    if (dx > reach || dx < -reach) continue;
    const dy = (line[0] * a + line[1] * b + line[2] * c + line[3]) / depth + middle[1] - y;
    const distance = Math.hypot(dx, dy);
    if (distance > reach) continue;
    const score = Math.round(distance) + depth / (1 + depth); // whole pixels first, then what is in front
    if (score < least) { least = score; best = i; }
  }
  return best;
}
