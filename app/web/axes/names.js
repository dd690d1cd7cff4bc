/** What a person has called the latent axes of a model: kept in this browser. */

import { weightsOf } from "../core/api.js";

const LONGEST = 40; // letters

export class AxisNames {
  /** @param {import("../core/api.js").Card} card of a model: trained anew under the same name, it is another */
  constructor(card) {
    this.key = `manifold-explorer.axes.${card.name}.${weightsOf(card)}`;
    this.names = read(this.key);
  }

  /** @param {number} axis @returns {string} empty where it has none */
  of(axis) {
    const name = this.names[axis];
    return typeof name === "string" ? name.slice(0, LONGEST) : "";
  }

  /** @param {number} axis @param {string} name empty: it has none any more */
  set(axis, name) {
    this.names[axis] = name.trim().slice(0, LONGEST);
    try {
      localStorage.setItem(this.key, JSON.stringify(this.names));
    } catch {
      // a browser that keeps nothing: the name lasts as long as the page
    }
  }
}

/** @param {string} key @returns {Object<string, unknown>} */
function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "{}");
    return kept && typeof kept === "object" ? kept : {};
  } catch {
    return {};
  }
}
