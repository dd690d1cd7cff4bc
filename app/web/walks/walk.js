/**
 * A walk: its stops, how it goes from one to the next, and the way that the server found. Nothing here draws.
 *
 * Events: `stops` when they change, `way` when there is another one (or none any more), `trouble` (detail: the error).
 */

import { newestWins } from "../core/newest.js";
import { WALK_STOPS_MOST } from "../shared/contract.js";

const PAUSE = 120; // ms between two questions while a stop is dragged

export const STEPS = [12, 24, 48, 96];
export const LETTERS = "ABCDEFGH";

/**
 * `asked` is what the server is told of it; `point` is its place in the view; `kind`, `index` and `label` name it.
 * @typedef {"sample"|"class"|"upload"|"mean"|"place"} StopKind
 * @typedef {{asked: object, point: number[], kind: StopKind, index?: number, label?: number}} Stop
 * @typedef {import("../core/api.js").Way & {stops: Stop[]}} Way with the stops that it was asked for, which may be
 *   other ones than the walk's by now
 */

export class Walk extends EventTarget {
  /**
   * @param {import("../core/api.js").Api} api @param {number[][]} limits lowest and highest place on each axis
   * @param {number} steps to begin with, one of STEPS
   */
  constructor(api, limits, steps) {
    super();
    this.api = api;
    this.limits = limits;
    /** @type {Stop[]} */
    this.stops = [];
    this.kind = "manifold";
    this.steps = steps;
    /** @type {Way|null} */
    this.way = null;
    this.asking = newestWins((/** @type {{body: object, stops: Stop[]}} */ asked) => this.find(asked), PAUSE);
  }

  get full() {
    return this.stops.length >= WALK_STOPS_MOST;
  }

  /** What the server is asked for. */
  get body() {
    return { stops: this.stops.map(({ asked }) => asked), kind: this.kind, steps: this.steps };
  }

  /** @param {Stop} stop at the end of the walk */
  add(stop) {
    if (!this.full) this.change([...this.stops, stop]);
  }

  /** @param {number} at */
  remove(at) {
    this.change(this.stops.filter((_, each) => each !== at));
  }

  /** @param {number} at @param {Stop} stop in the place of the one there */
  replace(at, stop) {
    this.change(this.stops.map((each, index) => (index === at ? stop : each)));
  }

  /** Within the view; what the view does not show stays as the stop has it. @param {number} at @param {number[]} to */
  move(at, to) {
    const point = to.map((value, axis) => Math.min(this.limits[axis][1], Math.max(this.limits[axis][0], value)));
    const { asked } = this.stops[at];
    this.replace(at, { asked: { ...asked, point }, point, kind: "place" });
  }

  /** @param {{kind?: string, steps?: number}} choice */
  set(choice) {
    Object.assign(this, choice);
    this.ask();
  }

  /** @param {Stop[]} stops */
  change(stops) {
    this.stops = stops;
    this.dispatchEvent(new Event("stops"));
    this.ask();
  }

  ask() {
    if (this.stops.length > 1) this.asking.ask({ body: this.body, stops: this.stops });
    else this.show(null);
  }

  /** @param {{body: object, stops: Stop[]}} asked */
  async find({ body, stops }) {
    const failed = (detail) => void this.dispatchEvent(new CustomEvent("trouble", { detail }));
    const way = await this.api.walk(body).catch(failed);
    if (way && this.stops.length > 1) this.show({ ...way, stops });
  }

  /** @param {Way|null} way */
  show(way) {
    this.way = way;
    this.dispatchEvent(new Event("way"));
  }

  dispose() {
    this.asking.stop();
  }
}
