/**
 * The exercise, last on the Learn page: steps on the left, one at a time, and their list on the right.
 *
 * What the learner does stays in the browser (exercise_work.js); what is checked is read from the training that they
 * made.
 */

import { h } from "../core/dom.js";
import { data, design, run } from "./exercise_begin.js";
import { classes } from "./exercise_cloud.js";
import { Desk } from "./exercise_desk.js";
import { error, power } from "./exercise_errors.js";
import { report } from "./exercise_finish.js";
import { answerField } from "./exercise_parts.js";

/**
 * A step: it fills its part of the page, and may answer with what ends it.
 * @typedef {(slot: HTMLElement, desk: Desk, steps: string[]) => (() => void)|void} Step
 */

/** @type {Object<string, Step>} in their order */
const STEPS = { data, design, run, error, classes, power, report };
const ORDER = Object.keys(STEPS);
const THEMED = ["run", "classes"]; // steps that draw in the theme's colours

/** @type {import("../learn/contents.js").LessonModule["open"]} */
export function open(parts, context) {
  return new Exercise(parts, context);
}

class Exercise {
  /**
   * @param {{figure: HTMLElement, words: HTMLElement}} parts
   * @param {import("../learn/contents.js").PageContext} context
   */
  constructor({ figure, words }, context) {
    const { t } = context;
    /** @type {(() => void)|null} ends the step that is open */
    this.leave = null;
    this.desk = new Desk(context);
    this.desk.addEventListener("work", () => this.list());
    this.stage = h("div", { class: "mx-exercise", "data-testid": "exercise" });
    this.entries = h("ol", { class: "mx-exercise-steps" });
    this.words = h("section", { class: "mx-panel" },
      h("h2", { class: "mx-lesson-title", tabindex: -1, "data-testid": "lesson-title" }, t("exercise.title")),
      h("p", { class: "mx-sentence" }, t("exercise.about")), this.entries);
    figure.append(this.stage);
    words.append(this.words);
    const { step } = this.desk.work;
    this.show(ORDER.includes(step) ? step : ORDER[0]);
  }

  /** @param {string} step */
  show(step) {
    const { t } = this.desk;
    this.leave?.();
    this.step = step;
    if (step !== this.desk.work.step) this.desk.keep({ step });
    const slot = h("div", { class: "mx-exercise-slot" });
    const at = ORDER.indexOf(step);
    const turn = (name, to) => h("button", {
      class: "mx-button", type: "button", disabled: !to, "data-testid": `step-${name}`, onclick: () => this.go(to),
    }, t(`exercise.${name}`));
    this.stage.replaceChildren(
      h("h3", { class: "mx-exercise-title", tabindex: -1 }, `${at + 1}. ${t(`exercise.step.${step}`)}`),
      h("p", {}, t(`exercise.task.${step}`)), slot, answerField(this.desk, step),
      h("div", { class: "mx-turns" }, turn("back", ORDER[at - 1]), turn("on", ORDER[at + 1])));
    this.leave = STEPS[step](slot, this.desk, ORDER) || null;
    this.list();
  }

  /** To a step, whose title then has the focus. @param {string} step */
  go(step) {
    this.show(step);
    const title = this.stage.querySelector("h3");
    title.focus({ preventScroll: true });
    title.scrollIntoView({ block: "nearest" });
  }

  /** The steps, those done marked. */
  list() {
    const { t, work } = this.desk;
    const entry = (step) => {
      const done = isDone(step, work);
      return h("li", {}, h("button", {
        class: "mx-exercise-link", type: "button", "aria-current": step === this.step ? "step" : null,
        "data-step": step, "data-testid": `step-${step}`, "data-done": String(done),
        onclick: () => this.go(step),
      }, h("b", {}, done ? "✓" : String(ORDER.indexOf(step) + 1)), h("span", {}, t(`exercise.step.${step}`)),
      done && h("span", { class: "mx-unseen" }, `(${t("exercise.done")})`)));
    };
    const focused = this.entries.contains(document.activeElement) && document.activeElement.getAttribute("data-step");
    this.entries.replaceChildren(...ORDER.map(entry));
    /** @type {HTMLElement} */ (this.entries.querySelector(`[data-step="${focused}"]`))?.focus();
  }

  /** A step that draws in the theme's colours is built again; a report that is being made goes on. */
  recolour() {
    if (THEMED.includes(this.step)) this.show(this.step);
  }

  dispose() {
    this.leave?.();
    this.stage.remove();
    this.words.remove();
  }
}

/** @param {string} step @param {import("./exercise_work.js").Work} work */
function isDone(step, work) {
  const made = { data: work.dataset, design: true, power: work.run && work.other }[step] ?? work.run;
  return Boolean(made && work.answers[step]?.trim());
}
