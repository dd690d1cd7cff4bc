/**
 * Where the probe has been: the places in which it came to rest, to be gone back and forward through as through a
 * browser's pages.
 *
 * Event: `change`.
 */

import { near, samePlace } from "./places.js";

/** @typedef {import("./places.js").Place} Place */

export const PLACES_MOST = 200;
const RECENT = 8; // places that are drawn

export class Trail extends EventTarget {
  constructor() {
    super();
    /** @type {Place[]} the oldest first */
    this.places = [];
    this.at = -1;
  }

  get canGoBack() {
    return this.at > 0;
  }

  get canGoForward() {
    return this.at < this.places.length - 1;
  }

  /** The probe rests here. What had been gone back from is forgotten. @param {Place} place */
  note(place) {
    const here = this.places[this.at];
    if (here && samePlace(here, place)) return;
    this.places = [...this.places.slice(0, this.at + 1), place].slice(-PLACES_MOST);
    this.at = this.places.length - 1;
    this.tell();
  }

  /** @param {-1|1} way back or forward @returns {Place|null} where that is */
  step(way) {
    const place = this.places[this.at + way] ?? null;
    if (!place) return null;
    this.at += way;
    this.tell();
    return place;
  }

  /** Puts older places before those that there are, as far as there is room. @param {Place[]} older */
  precede(older) {
    const room = PLACES_MOST - this.places.length;
    const added = room > 0 ? older.slice(-room) : [];
    this.places = [...added, ...this.places];
    this.at += added.length;
    this.tell();
  }

  /**
   * @param {ArrayLike<number>} position of the probe
   * @returns {number[][]} the last positions up to that one; none while the probe is on its way to another
   */
  recent(position) {
    const here = this.places[this.at];
    if (!here || !near(here.p, position)) return [];
    return this.places.slice(Math.max(0, this.at + 1 - RECENT), this.at + 1).map(({ p }) => p);
  }

  tell() {
    this.dispatchEvent(new Event("change"));
  }
}
