/** Below each of two clouds: what its model makes of what is followed, in a picture, words and an error. */

import { h } from "../core/dom.js";

export class Caption {
  /** @param {string} name for tests @param {string} alt of the picture */
  constructor(name, alt) {
    this.picture = h("img", { class: "mx-pixelated", alt, hidden: true, "data-testid": `${name}-picture` });
    this.words = h("p", { class: "mx-compare-words" });
    this.error = h("p", { class: "mx-figure", "data-testid": `${name}-error` });
    this.element = h("div", { class: "mx-compare-caption", "data-testid": name },
      h("span", { class: "mx-compare-picture" }, this.picture), h("div", {}, this.words, this.error));
  }

  /** @param {string} picture its address @param {string} words @param {string} error */
  show(picture, words, error) {
    if (this.picture.src !== picture) this.picture.src = picture;
    this.picture.hidden = false;
    this.words.textContent = words;
    this.error.textContent = error;
  }

  /** @param {string} words in place of all of it */
  say(words) {
    this.picture.hidden = true;
    this.words.textContent = words;
    this.error.textContent = "";
  }
}
