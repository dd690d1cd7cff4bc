/**
 * A lesson's question: answered first, then tried, then checked against what happened.
 *
 * The figure says what it has seen (`observed`); before there is an answer nothing is told.
 */

import { bringIntoView, h } from "../core/dom.js";
import { answers, keepAnswer } from "./answers.js";

export class Question {
  /**
   * @param {HTMLElement} slot @param {string} id of the lesson @param {string[]} choices @param {Say} t
   * @param {{demonstrate: () => void, changed: () => void}} actions
   */
  constructor(slot, id, choices, t, { demonstrate, changed }) {
    this.id = id;
    this.t = t;
    this.changed = changed;
    const known = answers()[id];
    this.answer = known && choices.includes(known.choice) ? known : null;
    const choice = (name) => h("label", { class: "mx-choice" },
      h("input", {
        type: "radio", name: `mx-question-${id}`, value: name, checked: this.answer?.choice === name,
        "data-testid": `choice-${name}`, onchange: () => this.choose(name),
      }), h("span", {}, t(`${id}.choice.${name}`)));
    this.task = h("div", { class: "mx-task", hidden: true },
      h("p", {}, t(`${id}.task`)),
      h("button", { class: "mx-button", type: "button", "data-testid": "demonstrate", onclick: demonstrate },
        t("learn.show")));
    this.verdict = h("p", { class: "mx-verdict", role: "status", "data-testid": "verdict" });
    slot.append(
      h("h3", { class: "mx-panel-title" }, t("learn.question")),
      h("fieldset", { class: "mx-choices" }, h("legend", {}, t(`${id}.question`)), ...choices.map(choice)),
      this.task, this.verdict);
    this.task.hidden = !this.answer;
  }

  /** @param {string} name */
  choose(name) {
    this.answer = { choice: name, right: null };
    keepAnswer(this.id, this.answer);
    this.task.hidden = false;
    this.verdict.textContent = "";
    delete this.verdict.dataset.right;
    this.changed();
  }

  /** @param {string} happened which of the choices came true @param {Object<string, string|number>} values */
  observed(happened, values) {
    if (!this.answer) return;
    const right = this.answer.choice === happened;
    const changed = this.answer.right !== right;
    this.answer = { ...this.answer, right };
    keepAnswer(this.id, this.answer);
    this.verdict.dataset.right = String(right);
    const said = `${this.t(right ? "learn.right" : "learn.wrong")} ${this.t(`${this.id}.outcome`, values)}`;
    if (this.verdict.textContent !== said) {
      this.verdict.textContent = said;
      if (changed) bringIntoView(this.verdict, "nearest");
    }
    if (changed) this.changed();
  }
}
