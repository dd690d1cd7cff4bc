/** Which classes a latent space keeps apart: the vote of each sample's nearest others, as in model/evaluation. */

const NEIGHBOURS = 10;
const PER_TURN = 64; // samples

/**
 * Of each sample the class that most of its 10 nearest others have (leave one out; ties to the lower class).
 * @param {Float32Array} points (n, 3) @param {Uint8Array} labels (n,) @param {number} classes
 * @returns {Generator<number, Uint32Array, void>} how many samples are done, again and again; at last how often a class
 *   (row) was taken for each (column), (classes, classes)
 */
export function* votes(points, labels, classes) {
  const taken = new Uint32Array(classes * classes);
  const near = new Float64Array(NEIGHBOURS), of = new Uint8Array(NEIGHBOURS), ballot = new Uint16Array(classes);
  for (let sample = 0; sample < labels.length; sample += 1) {
    const found = nearestOf(sample, points, labels, near, of);
    ballot.fill(0);
    for (let at = 0; at < found; at += 1) ballot[of[at]] += 1;
    let most = 0;
    for (let label = 1; label < classes; label += 1) if (ballot[label] > ballot[most]) most = label;
    taken[labels[sample] * classes + most] += 1;
    if (sample % PER_TURN === PER_TURN - 1) yield sample + 1;
  }
  return taken;
}

/** Squared distances and classes of the nearest others, the nearest first. @returns {number} how many there are */
function nearestOf(sample, points, labels, near, of) {
  const x = points[3 * sample], y = points[3 * sample + 1], z = points[3 * sample + 2];
  let found = 0;
  for (let other = 0, at = 0; other < labels.length; other += 1, at += 3) {
    const dx = points[at] - x, dy = points[at + 1] - y, dz = points[at + 2] - z;
    const square = dx * dx + dy * dy + dz * dz;
    if ((found === NEIGHBOURS && square >= near[NEIGHBOURS - 1]) || other === sample) continue;
    let place = found < NEIGHBOURS ? found : NEIGHBOURS - 1;
    for (; place > 0 && near[place - 1] > square; place -= 1) {
      near[place] = near[place - 1];
      of[place] = of[place - 1];
    }
    near[place] = square;
    of[place] = labels[other];
    if (found < NEIGHBOURS) found += 1;
  }
  return found;
}

/**
 * @typedef {{label: number, count: number, share: number, chance: number, other: number|null}} Found of a class: the
 *   share of its samples that the vote finds, the share that it has of all samples, and for which class it is mistaken
 *   most often
 */

/**
 * @param {Uint32Array} taken as `votes` returns it @param {number} classes
 * @returns {Found[]} of the classes that have samples, the best found first
 */
export function byClass(taken, classes) {
  const total = taken.reduce((sum, count) => sum + count, 0);
  const each = Array.from({ length: classes }, (_, label) => {
    const row = taken.subarray(label * classes, (label + 1) * classes);
    const count = row.reduce((sum, number) => sum + number, 0);
    let other = null;
    row.forEach((number, at) => { if (at !== label && number > (other === null ? 0 : row[other])) other = at; });
    return { label, count, share: row[label] / count, chance: count / total, other };
  });
  return each.filter(({ count }) => count > 0).sort((a, b) => b.share - a.share);
}

/** The share of all samples whose class the vote finds. @param {Found[]} found */
export function accuracy(found) {
  const right = found.reduce((sum, { count, share }) => sum + count * share, 0);
  return right / found.reduce((sum, { count }) => sum + count, 0);
}

/**
 * Five samples of as many classes as there are, always the same ones of the same labels.
 * @param {Uint8Array} labels @param {number} classes @param {number} [wanted] @returns {number[]} indices
 */
export function examples(labels, classes, wanted = 5) {
  const members = Array.from({ length: classes }, () => /** @type {number[]} */ ([]));
  labels.forEach((label, index) => members[label].push(index));
  const there = members.filter((indices) => indices.length);
  const step = Math.max(1, Math.floor(there.length / wanted));
  const chosen = there.filter((_, at) => at % step === 0);
  return Array.from({ length: Math.min(wanted, labels.length) }, (_, at) => {
    const indices = chosen[at % chosen.length];
    return indices[Math.floor(at / chosen.length) % indices.length];
  });
}
