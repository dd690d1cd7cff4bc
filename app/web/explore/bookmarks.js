/**
 * Places of the probe that a person keeps by name, in this browser and for one model.
 *
 * Event: `change`.
 */

import { BOOKMARKS_MOST, fileOf, read } from "./bookmark_file.js";
import { samePlace } from "./places.js";

/**
 * @typedef {import("./places.js").Place & {name: string, latent: number[]}} Bookmark `latent`, (d), is what the decoder
 *   draws there
 */

/** The lists of this page, by their key in the storage: a browser may forbid that, or have no room. */
const here = new Map();

export class Bookmarks extends EventTarget {
  /**
   * @param {import("./bookmark_file.js").Kind} kind of the model that they belong to
   * @param {string} weights that name what it has learnt: trained anew under the same name, it is another model
   */
  constructor(kind, weights) {
    super();
    this.kind = kind;
    this.key = `manifold-explorer.bookmarks.${kind.model}.${weights}.${kind.n}`;
    /** Whether the browser keeps them. */
    this.kept = true;
    /** @type {Bookmark[]} the newest last */
    this.list = this.recall();
    this.abort = new AbortController();
    const elsewhere = (/** @type {StorageEvent} */ { key }) => key === this.key && this.hear();
    window.addEventListener("storage", elsewhere, { signal: this.abort.signal });
  }

  get full() {
    return this.list.length >= BOOKMARKS_MOST;
  }

  /** @param {Bookmark[]} more @returns {number} how many of them are new and have found room */
  add(more) {
    const known = (one) => this.list.some((other) => one.name === other.name && samePlace(one, other));
    const fresh = more.filter((one) => !known(one)).slice(0, BOOKMARKS_MOST - this.list.length);
    this.change([...this.list, ...fresh]);
    return fresh.length;
  }

  /** @param {Bookmark} bookmark @param {string} name */
  rename(bookmark, name) {
    this.change(this.list.map((each) => (each === bookmark ? { ...each, name } : each)));
  }

  /** @param {Bookmark} bookmark */
  remove(bookmark) {
    this.change(this.list.filter((each) => each !== bookmark));
  }

  /** @param {Bookmark[]} list */
  change(list) {
    this.list = list;
    here.set(this.key, list);
    try {
      localStorage.setItem(this.key, fileOf(this.kind, list, []));
      this.kept = true;
    } catch {
      this.kept = false;
    }
    this.dispatchEvent(new Event("change"));
  }

  /** Another page has changed them. */
  hear() {
    here.delete(this.key);
    this.list = this.recall();
    this.dispatchEvent(new Event("change"));
  }

  /** @returns {Bookmark[]} none where the browser forbids its storage or holds something else under our name */
  recall() {
    if (here.has(this.key)) return here.get(this.key);
    try {
      const text = localStorage.getItem(this.key);
      return text ? read(text, this.kind).bookmarks : [];
    } catch {
      return [];
    }
  }

  dispose() {
    this.abort.abort();
  }
}
