/**
 * How far the page's way to its cloud is, in bytes as they come over the line: one tally for the page, and whoever
 * shows it listens.
 */

const ORDER = ["code", "library", "points"];

/** Fires "change". */
class Progress extends EventTarget {
  constructor() {
    super();
    /** @type {Map<string, {done: number, total: number}>} */
    this.parts = new Map();
  }

  /** @param {"code"|"library"|"points"} part @param {number} done @param {number} total bytes */
  set(part, done, total) {
    this.parts.set(part, { done: Math.min(done, total), total });
    this.dispatchEvent(new Event("change"));
  }

  /** @returns {string|null} the first part that is not all here, or null: then only drawing is left */
  get missing() {
    return ORDER.find((part) => this.parts.has(part) && this.parts.get(part).done < this.parts.get(part).total) ?? null;
  }

  /** @returns {{done: number, total: number}} of all parts */
  get sum() {
    const all = [...this.parts.values()];
    return {
      done: all.reduce((sum, { done }) => sum + done, 0), total: all.reduce((sum, { total }) => sum + total, 0),
    };
  }
}

export const progress = new Progress();

/**
 * The body of an answer, told about while it comes.
 * @param {Response} response
 * @param {(bytes: number) => void} [tell] how many are here, unpacked
 * @returns {Promise<ArrayBuffer>}
 */
export async function received(response, tell = () => {}) {
  const parts = [];
  let here = 0;
  const reader = response.body.getReader();
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    parts.push(value);
    tell(here += value.length);
  }
  return new Blob(parts).arrayBuffer();
}
