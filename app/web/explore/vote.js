/** How some samples divide into classes: one bar with a part for each, and the counts below. */

import { h } from "../core/dom.js";
import { classColour, textOn } from "../core/figures.js";

const ROOM_FOR_NUMBER = 0.06; // of the bar's width
const ALL_LISTED = 10; // classes: where there are more, those without a vote are left out

export class VoteBar {
  /**
   * @param {import("./panel_list.js").Context} context
   * @param {{all: string, one: string}} [keys] of the sentences about all classes (`votes`), and about one
   * @param {string} [testid]
   */
  constructor(context, keys = { all: "nearest.vote", one: "nearest.vote.class" }, testid = "nearest-votes") {
    this.context = context;
    this.keys = keys;
    this.entries = context.card.classes.map((_, label) => this.entry(label));
    this.bar = h("div", { class: "mx-vote-bar" }, ...this.entries.map(({ part }) => part));
    const counts = h("ul", { class: "mx-vote-counts" }, ...this.entries.map(({ item }) => item));
    this.root = h("div", { class: "mx-vote", "data-testid": testid }, this.bar, counts);
  }

  /** @param {number[]} votes a count for each class */
  show(votes) {
    const all = votes.reduce((sum, count) => sum + count, 0);
    this.entries.forEach((entry, label) => this.showClass(entry, votes[label], all));
    this.bar.setAttribute("role", "img");
    this.bar.setAttribute("aria-label", this.context.t(this.keys.all, { votes: this.inWords(votes) }));
  }

  entry(label) {
    const name = this.context.classLabel(label);
    const colour = classColour(label, this.context);
    const part = h("span", { class: "mx-vote-part", style: { backgroundColor: colour, color: textOn(colour) } });
    const number = h("span", { class: "mx-vote-number" }, "0");
    const item = h("li", { class: "mx-vote-count" }, h("span", { class: "mx-vote-name" }, name), number);
    item.style.setProperty("--mx-class", colour);
    return { name, part, item, number };
  }

  showClass({ name, part, item, number }, count, all) {
    part.style.flexGrow = String(count);
    part.textContent = count / all >= ROOM_FOR_NUMBER ? String(count) : "";
    part.title = item.title = this.context.t(this.keys.one, { name, count, k: all });
    number.textContent = String(count);
    item.hidden = count === 0 && this.entries.length > ALL_LISTED;
    item.classList.toggle("mx-vote-none", count === 0);
  }

  inWords(votes) {
    const given = this.entries.map(({ name }, label) => [votes[label], name]).filter(([count]) => count > 0);
    return given.sort(([a], [b]) => b - a).map(([count, name]) => `${name} ${count}`).join(", ");
  }
}
