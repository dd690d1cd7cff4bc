/** Whether neighbours are of one kind, counted over the samples that were visited; and a way out of the data. */

/** Of each sample that was visited: how many of its neighbours are of its class. */
export class Agreement {
  constructor() {
    /** @type {Map<number, number>} share of the neighbours, by sample */
    this.shares = new Map();
  }

  /** @param {number} sample @param {number} label its class @param {number[]} votes neighbours by class */
  count(sample, label, votes) {
    this.shares.set(sample, votes[label] / votes.reduce((sum, of) => sum + of, 0));
  }

  get visited() {
    return this.shares.size;
  }

  /** @returns {number} the mean share, 0 to 1; 0 before there is any */
  get mean() {
    return this.visited && [...this.shares.values()].reduce((sum, share) => sum + share, 0) / this.visited;
  }
}

/**
 * Which of the answers came true: where at least half of the neighbours are of the sample's class, they tell it.
 * @param {number} digits @param {number} photos mean shares, 0 to 1
 */
export function answerOf(digits, photos) {
  if (digits >= 0.5 && photos >= 0.5) return "both";
  if (digits >= 0.5) return "digits";
  return photos >= 0.5 ? "photos" : "neither";
}

/**
 * The corner of the box that is farthest from a place.
 * @param {ArrayLike<number>} from @param {number[][]} limits lowest and highest on each axis @returns {number[]}
 */
export function farthestCorner(from, limits) {
  return limits.map(([low, high], axis) => (from[axis] - low > high - from[axis] ? low : high));
}
