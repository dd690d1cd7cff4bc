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
export const FREE = ["orbit", "random"]; // walks that need one stop only
export const RADII = { least: 5, most: 50, usual: 15 }; // of an orbit, in percent of the box
export const SEED_MOST = 9999;

/**
 * `asked` is what the server is told of it; `point` is its place in the view; `kind`, `index`, `label` and an upload's
 * `name` name it, whose `picture` is a data: address.
 * @typedef {"sample"|"class"|"upload"|"mean"|"place"} StopKind
 * @typedef {(point: number[], radius: number) => number[][]} Facing
 * @typedef {{asked: object, point: number[], kind: StopKind, index?: number, label?: number, name?: string,
 *   picture?: string}} Stop
 * @typedef {import("../core/api.js").Way & {stops: Stop[], letters: string}} Way with the stops that it was asked for,
 *   which may be other ones than the walk's by now, and their letters; a free walk has its quarters for stops, without
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
    /** Where a free walk begins, a place in `stops`; how large an orbit is, and which random walk it is. */
    this.from = 0;
    this.radius = RADII.usual;
    this.seed = 1;
    /** Half axes of a circle of so many percent of the box around a point, facing the viewer. @type {Facing|null} */
    this.facing = null;
    /** @type {Way|null} */
    this.way = null;
    this.asking = newestWins((/** @type {{body: object, stops: Stop[]}} */ asked) => this.find(asked), PAUSE);
  }

  get full() {
    return this.stops.length >= WALK_STOPS_MOST;
  }

  get free() {
    return FREE.includes(this.kind);
  }

  /** The stop that a free walk is about. */
  get centre() {
    return this.stops[Math.min(this.from, this.stops.length - 1)];
  }

  get ready() {
    return this.stops.length > (this.free ? 0 : 1);
  }

  /** What the server is asked for. */
  get body() {
    const { kind, steps, seed, axes } = this;
    if (!this.free) return { stops: this.stops.map(({ asked }) => asked), kind, steps };
    return { stops: [this.centre.asked], kind, steps, ...(kind === "orbit" ? { axes } : { seed }) };
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

  /** @param {{kind?: string, steps?: number, from?: number, radius?: number, seed?: number}} choice */
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
    if (!this.ready) return this.show(null);
    if (this.kind === "orbit") this.axes = this.facing(this.centre.point, this.radius / 100);
    this.asking.ask({ body: this.body, stops: this.stops });
  }

  /** @param {{body: object, stops: Stop[]}} asked */
  async find({ body, stops }) {
    const failed = (detail) => void this.dispatchEvent(new CustomEvent("trouble", { detail }));
    const way = await this.api.walk(body).catch(failed);
    if (!way || !this.ready) return;
    this.show(FREE.includes(way.kind) ? quartered(way, this.centre) : { ...way, stops, letters: LETTERS });
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

/**
 * A free walk, with the places at its quarters for stops; a random one begins at a stop.
 * @param {import("../core/api.js").Way} way @param {Stop} centre @returns {Way}
 */
function quartered(way, centre) {
  const place = (step) => /** @type {Stop} */ ({
    asked: { z: way.latents[step] }, point: way.points[step], kind: "place",
  });
  const stops = way.at.map(place);
  if (way.kind === "random") stops[0] = centre;
  return { ...way, stops, letters: "" };
}
