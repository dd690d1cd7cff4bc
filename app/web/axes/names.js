/**
 * What the latent axes of a model are called: by everyone, where the person may say so, or else in this browser alone.
 * One's own name stands before that of everyone.
 */

import { weightsOf } from "../core/api.js";
import { AXIS_NAME_MOST } from "../shared/contract.js";

export class AxisNames {
  /**
   * @param {import("../core/api.js").Api} api
   * @param {import("../core/api.js").Card} card of a model: trained anew under the same name, it is another
   */
  constructor(api, card) {
    this.api = api;
    this.weights = weightsOf(card);
    this.key = `manifold-explorer.axes.${card.name}.${this.weights}`;
    this.shared = [...card.axis_names.names];
    /** Whether the person names the axes for everyone. */
    this.editable = card.axis_names.editable;
    this.own = read(this.key);
  }

  /** The key of the sentence that says where a name is kept that the person gives. */
  get notice() {
    return this.editable ? "axes.names" : "axes.names.own";
  }

  /** @param {number} axis @returns {string} empty where it has none */
  of(axis) {
    return this.ownOf(axis) || this.shared[axis];
  }

  /** @param {number} axis @returns {string} the name that this browser alone knows, or empty */
  ownOf(axis) {
    const name = this.own[axis];
    return typeof name === "string" ? name.slice(0, AXIS_NAME_MOST) : "";
  }

  /**
   * Where the server does not take a name for everyone, this browser keeps it.
   * @param {number} axis @param {string} name empty: it has none any more
   * @throws {import("../core/ask.js").ApiError} the server's refusal
   */
  async give(axis, name) {
    if (!this.editable) return this.keep(axis, name === this.shared[axis] ? "" : name);
    const before = this.shared[axis];
    this.shared[axis] = name;
    this.keep(axis, "");
    try {
      await this.api.nameAxis(this.weights, axis, name);
    } catch (refusal) {
      if (this.shared[axis] === name) { // no newer one has been given
        this.shared[axis] = before;
        this.keep(axis, name);
      }
      throw refusal;
    }
  }

  /** @param {number} axis @param {string} name */
  keep(axis, name) {
    if (name) this.own[axis] = name;
    else delete this.own[axis];
    try {
      localStorage.setItem(this.key, JSON.stringify(this.own));
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
