/** Scores of rows of neighbours: how many share the sample's class, and what chance would give. */

const APART = 5; // percent, from which on two shares are not alike

/**
 * @param {number[]} neighbours samples @param {ArrayLike<number>} labels class of each sample
 * @param {number} label of the sample that they are neighbours of
 * @returns {number} the share of them that is of this class, 0 to 1
 */
export function shareOf(neighbours, labels, label) {
  return neighbours.filter((index) => labels[index] === label).length / neighbours.length;
}

/**
 * The share that neighbours drawn at random would have: of all other samples, those of the same class.
 * @param {ArrayLike<number>} labels @param {number} sample
 */
export function chanceOf(labels, sample) {
  let same = -1; // without the sample itself
  for (let at = 0; at < labels.length; at += 1) if (labels[at] === labels[sample]) same += 1;
  return same / (labels.length - 1);
}

/** Which of the answers came true. @param {number} latent @param {number} pixel mean shares in whole percent */
export function answerOf(latent, pixel) {
  if (Math.abs(latent - pixel) < APART) return "alike";
  return latent > pixel ? "latent" : "pixel";
}

/**
 * Different samples, drawn at random.
 * @param {() => number} random uniform in [0, 1) @param {number} of how many there are @param {number} count
 */
export function drawn(random, of, count) {
  /** @type {Set<number>} */
  const found = new Set();
  while (found.size < Math.min(of, count)) found.add(Math.floor(random() * of));
  return [...found];
}
