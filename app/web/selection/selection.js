/**
 * Which samples are selected, and in what order: those of the shown classes, among the first by a measure, and inside
 * a box that was drawn on the screen. Nothing here knows about the page.
 *
 * Events: `change` (`indices`, or how far the measures are), `current` (another of them is looked at).
 */

/** @type {Measure[]} the rows of the server's measures; each sorts from the largest value down */
export const MEASURES = ["error", "density", "misfit"];
export const EVERY = 100; // percent

const FIRST = 5; // percent of all samples, to begin with

/** @typedef {"error"|"density"|"misfit"} Measure */

export class Selection extends EventTarget {
  /**
   * @param {import("../core/api.js").Api} api
   * @param {Uint8Array} labels (n,)
   * @param {() => boolean[]} shown by class, now
   */
  constructor(api, labels, shown) {
    super();
    this.api = api;
    this.labels = labels;
    this.shown = shown;
    /** @type {Map<Measure, Float32Array>|null} each (n,) */
    this.values = null;
    /** @type {Error|null} why there are no measures */
    this.failure = null;
    this.open = false;
    /** @type {Measure} */
    this.measure = "error";
    this.share = FIRST;
    /** @type {Uint8Array|null} (n,) 1 for the samples inside; null: there is no box */
    this.box = null;
    /** @type {number[]} the selected samples, the first by the measure first */
    this.indices = [];
    /** The place of the current one in `indices`, or -1. */
    this.at = -1;
    /** @type {Map<Measure, Uint32Array>} all samples, largest value first */
    this.orders = new Map();
  }

  /** Open or closed: what is closed selects nothing. @param {boolean} open */
  setOpen(open) {
    this.open = open;
    if (open && !this.values) this.load();
    this.refresh();
  }

  /** As it was on this page before, with another model or in another language; a box does not come along. */
  resume({ open, measure, share }) {
    this.measure = measure;
    this.share = share;
    this.setOpen(open);
  }

  async load() {
    if (this.loading) return;
    this.loading = true;
    this.failure = null;
    this.tell("change");
    const rows = await this.api.measures().catch((error) => { this.failure = error; });
    this.loading = false;
    if (rows) this.take(rows);
    this.refresh();
  }

  /** @param {Float32Array} rows (3, n) */
  take(rows) {
    const n = this.labels.length;
    this.values = new Map(MEASURES.map((name, row) => [name, rows.subarray(row * n, row * n + n)]));
    if (!this.has("error")) this.measure = "density";
  }

  /** @param {Measure} measure @returns {boolean} whether its values are known: errors are not without the pictures */
  has(measure) {
    return Boolean(this.values) && !Number.isNaN(this.values.get(measure)[0]);
  }

  /** @param {Measure} measure by which they are sorted from now on */
  sortBy(measure) {
    this.measure = measure;
    this.refresh();
  }

  /** @param {number} share percent of all samples */
  setShare(share) {
    this.share = share;
    this.refresh();
  }

  /** The first box means all that is inside; another keeps the share. @param {Uint8Array|null} inside (n,) */
  setBox(inside) {
    if (inside && !this.box) this.share = EVERY;
    this.box = inside;
    this.refresh();
  }

  /** Something that it depends on has changed. */
  refresh() {
    const { box, labels, share } = this;
    const shown = this.shown();
    const first = this.open && this.values ? this.order.subarray(0, Math.ceil((share / 100) * labels.length)) : [];
    this.indices = Array.from(first).filter((index) => shown[labels[index]] && (!box || box[index]));
    this.at = -1;
    this.tell("change");
  }

  /**
   * Of equal values, as thousands may have of misfit, the one in the denser place is first: in the order of their
   * numbers, those of the first class would be.
   * @returns {Uint32Array} all samples, the first by the measure first
   */
  get order() {
    const { measure } = this;
    if (!this.orders.has(measure)) {
      const [values, emptiness] = [this.values.get(measure), this.values.get("density")];
      const before = (a, b) => values[b] - values[a] || emptiness[a] - emptiness[b] || a - b;
      this.orders.set(measure, Uint32Array.from(values.keys()).sort(before));
    }
    return this.orders.get(measure);
  }

  /** @returns {Uint8Array|null} (n,) 1 for the selected; null where none are, or all that are shown */
  get mask() {
    if (!this.indices.length || (this.share === EVERY && !this.box)) return null;
    const mask = new Uint8Array(this.labels.length);
    for (const index of this.indices) mask[index] = 1;
    return mask;
  }

  /** @returns {number|null} the sample that is looked at */
  get current() {
    return this.indices[this.at] ?? null;
  }

  /** @param {number} at a place in `indices`; the nearest that there is */
  look(at) {
    const next = Math.min(Math.max(at, 0), this.indices.length - 1);
    if (next === this.at) return;
    this.at = next;
    this.tell("current");
  }

  /** @param {number} count of classes @returns {number[]} how many of each are selected */
  counts(count) {
    const found = Array(count).fill(0);
    for (const index of this.indices) found[this.labels[index]] += 1;
    return found;
  }

  /** @param {Measure} measure @returns {{selected: number, all: number}} its means; NaN where there is none */
  means(measure) {
    const values = this.values.get(measure);
    return { selected: mean(this.indices.map((index) => values[index])), all: mean(values) };
  }

  /** @param {string} name */
  tell(name) {
    this.dispatchEvent(new Event(name));
  }
}

/** @param {ArrayLike<number>} values */
function mean(values) {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += values[at];
  return sum / values.length;
}
