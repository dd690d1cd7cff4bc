/**
 * Bookmarks and trail as a small JSON file, `{format, version, model, bookmarks: [{name, kind, anchor, z, p,
 * latent}], trail: [{kind, anchor, z, p}]}`, with no pictures in it. What is read may have been written by
 * anyone: each part is looked at.
 */

import { PLACES_MOST } from "./trail.js";

const FORMAT = "manifold-explorer-places";
const VERSION = 1;
const DIGITS = 6;
const LARGEST_NUMBER = 1e6; // of a latent: far beyond what any encoder writes
const NAME_MOST = 80; // characters

export const BOOKMARKS_MOST = 50;
export const FILE_MOST = 2 ** 19; // bytes: 50 bookmarks of 256 numbers, twice

/**
 * @typedef {{model: string, d: number, n: number}} Kind the model that places belong to: its name, latent axes, samples
 * @typedef {import("./places.js").Place} Place
 * @typedef {import("./bookmarks.js").Bookmark} Bookmark
 */

/** What is wrong with a file: `message` is the key of a sentence, `values` what it says. */
export class FileProblem extends Error {
  /** @param {string} key @param {Object<string, *>} [values] */
  constructor(key, values = {}) {
    super(key);
    this.values = values;
  }
}

/**
 * @param {Kind} kind @param {Bookmark[]} bookmarks @param {Place[]} trail the oldest first: they are left out where the
 *   file would become too large
 * @returns {string}
 */
export function fileOf(kind, bookmarks, trail) {
  const text = JSON.stringify(
    { format: FORMAT, version: VERSION, model: kind.model, bookmarks, trail },
    (_, value) => (typeof value === "number" ? Number(value.toPrecision(DIGITS)) : value),
  );
  if (text.length <= FILE_MOST || !trail.length) return text;
  return fileOf(kind, bookmarks, trail.slice(Math.ceil(trail.length / 2)));
}

/**
 * @param {string} text @param {Kind} kind
 * @returns {{bookmarks: Bookmark[], trail: Place[]}}
 * @throws {FileProblem} for what is no such file, belongs to another model, or has a part that cannot be
 */
export function read(text, kind) {
  const file = parsed(text);
  if (file?.format !== FORMAT || file.version !== VERSION) throw new FileProblem("bookmarks.file.other");
  if (file.model !== kind.model) {
    throw new FileProblem("bookmarks.file.model", { model: String(file.model).slice(0, NAME_MOST) });
  }
  return {
    bookmarks: list(file.bookmarks, BOOKMARKS_MOST).map((each) => bookmarkOf(each, kind)),
    trail: list(file.trail, PLACES_MOST).map((each) => placeOf(each, kind)),
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {*} value @param {number} most @returns {Array<*>} */
function list(value, most) {
  if (Array.isArray(value) && value.length <= most) return value;
  throw new FileProblem("bookmarks.file.damaged");
}

/** @param {*} given @param {Kind} kind @returns {Bookmark} */
function bookmarkOf(given, kind) {
  const place = placeOf(given, kind);
  const { name, latent } = given;
  const named = typeof name === "string" && name.trim() !== "" && name.length <= NAME_MOST;
  if (!named || !areNumbers(latent, kind.d)) throw new FileProblem("bookmarks.file.damaged");
  return { name: name.trim(), ...place, latent };
}

/** @param {*} given @param {Kind} kind @returns {Place} */
function placeOf(given, { d, n }) {
  const { kind, anchor, z, p } = given ?? {};
  const sample = Number.isInteger(anchor) && anchor >= 0 && anchor < n;
  const anchored = kind === "sample" ? sample : ["mean", "upload"].includes(kind) && anchor === null;
  const latent = areNumbers(z, d) || (z === null && kind !== "upload");
  if (!anchored || !latent || !areNumbers(p, 3)) throw new FileProblem("bookmarks.file.damaged");
  return { kind, anchor, z, p };
}

/** @param {*} value @param {number} count */
function areNumbers(value, count) {
  const isNumber = (each) => Number.isFinite(each) && Math.abs(each) <= LARGEST_NUMBER;
  return Array.isArray(value) && value.length === count && value.every(isNumber);
}

/** @param {string} name as typed @returns {string} as it is kept: not too long, perhaps empty */
export function tidyName(name) {
  return name.trim().slice(0, NAME_MOST).trim();
}
