/**
 * Plain sentences over the scene: what is wrong now, and what to do. Each has a name, so that the same one never stands
 * twice.
 */

import { h } from "./dom.js";

export class Notices {
  /** @param {HTMLElement} slot */
  constructor(slot) {
    this.slot = slot;
    /** @type {Map<string, HTMLElement>} */
    this.shown = new Map();
    /** @type {Map<string, number>} of those that go by themselves */
    this.timers = new Map();
  }

  /**
   * @param {string} name
   * @param {string|null} sentence `null` takes it away
   * @param {{label: string, run: () => void}|null} [action] a button beside it
   */
  set(name, sentence, action = null) {
    clearTimeout(this.timers.get(name));
    this.shown.get(name)?.remove();
    this.shown.delete(name);
    if (!sentence) return;
    const button = action && h("button", { class: "mx-button", type: "button", onclick: action.run }, action.label);
    const words = h("span", {}, sentence);
    const element = h("div", { class: "mx-notice", "data-testid": `notice-${name}` }, words, button);
    this.shown.set(name, element);
    this.slot.append(element);
  }

  /** A sentence that goes by itself. @param {string} name @param {string} sentence @param {number} [ms] */
  flash(name, sentence, ms = 4000) {
    this.set(name, sentence);
    this.timers.set(name, window.setTimeout(() => this.set(name, null), ms));
  }

  clear() {
    for (const name of [...this.shown.keys()]) this.set(name, null);
  }
}
