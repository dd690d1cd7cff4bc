/** One lesson on the page: its figure, three sentences, the formula with its symbols, and the question. */

import { h } from "../core/dom.js";
import { Question } from "./question.js";

export class LessonView {
  /**
   * @param {{figure: HTMLElement, words: HTMLElement}} parts
   * @param {import("./contents.js").LessonModule} lesson
   * @param {Omit<import("./contents.js").LessonContext, "observed">} context
   * @param {() => void} answered an answer was given or checked
   */
  constructor({ figure, words }, lesson, context, answered) {
    const { id, t } = context;
    const demonstrate = () => { this.figure.demonstrate(); };
    this.element = h("div", { class: `mx-lesson-figure mx-lesson-${id}`, "data-testid": "figure" });
    this.words = h("div", { class: "mx-lesson-words" },
      h("section", { class: "mx-panel" },
        h("h2", { class: "mx-lesson-title", tabindex: -1, "data-testid": "lesson-title" }, t(`${id}.title`)),
        ...[1, 2, 3].map((number) => h("p", { class: "mx-sentence" }, t(`${id}.sentence.${number}`)))),
      h("section", { class: "mx-panel mx-panel-formula", "data-testid": "formula" },
        h("div", { class: "mx-formula", tabindex: 0 }, math(lesson.formula, true)),
        h("dl", { class: "mx-symbols" }, ...lesson.symbols.flatMap(([name, symbol]) => [
          h("dt", {}, math(symbol)), h("dd", {}, t(`${id}.symbol.${name}`))]))));
    const asked = h("section", { class: "mx-panel mx-panel-question", "data-testid": "question" });
    this.question = new Question(asked, id, lesson.choices, t, { demonstrate, changed: answered });
    this.words.append(asked);
    figure.append(this.element);
    words.append(this.words);
    const observed = (/** @type {string} */ happened, values = {}) => this.question.observed(happened, values);
    this.figure = lesson.mount(this.element, { ...context, observed });
  }

  /** @param {import("../core/theme.js").ThemeColours} theme */
  recolour(theme) {
    this.figure.recolour?.(theme);
  }

  dispose() {
    this.figure.dispose();
    this.element.remove();
    this.words.remove();
  }
}

/** @param {string} markup the content of the element @param {boolean} [large] on a line of its own */
export function math(markup, large = false) {
  const element = document.createElementNS("http://www.w3.org/1998/Math/MathML", "math");
  if (large) element.setAttribute("display", "block");
  element.innerHTML = markup;
  return element;
}
