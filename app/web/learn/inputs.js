/** What a hand moves in a lesson: sliders and choices, each with its name and its value in words. */

import { h } from "../core/dom.js";

/**
 * A slider; its element, and `set` for moving it as a hand would.
 * @param {{name: string, label: string, min: number, max: number, step?: number, value: number,
 *   said?: (value: number) => string, onInput: (value: number) => void}} options `name` names it for tests; `said` the
 *   value in words
 * @returns {{element: HTMLElement, input: HTMLInputElement, set: (value: number) => void}}
 */
export function slider({ name, label, min, max, step = 1, value, said = String, onInput }) {
  const output = h("output", {});
  const input = h("input", {
    type: "range", min, max, step, value, "aria-label": label, "data-testid": `slider-${name}`,
    oninput: () => { show(); onInput(Number(input.value)); },
  });
  const show = () => {
    const number = Number(input.value);
    output.textContent = said(number);
    input.setAttribute("aria-valuetext", said(number));
    input.style.setProperty("--mx-filled", `${(100 * (number - min)) / (max - min)}%`);
  };
  const element = h("label", { class: "mx-slider mx-lesson-slider" }, h("span", {}, label), input, output);
  const set = (/** @type {number} */ number) => {
    input.value = String(number);
    show();
    onInput(Number(input.value));
  };
  show();
  return { element, input, set };
}

/**
 * One of a few, as buttons side by side.
 * @template {string} Name
 * @param {object} options
 * @param {string} options.name @param {string} options.label @param {[Name, string][]} options.options each a name and
 *   its words
 * @param {Name} options.value @param {(value: Name) => void} options.onChange
 * @returns {{element: HTMLElement, set: (value: Name) => void}}
 */
export function choice({ name, label, options, value, onChange }) {
  const buttons = options.map(([option, words]) => h("button", {
    class: "mx-button", type: "button", "aria-pressed": String(option === value), "data-testid": `${name}-${option}`,
    onclick: () => set(option),
  }, words));
  const set = (/** @type {Name} */ chosen) => {
    options.forEach(([option], at) => buttons[at].setAttribute("aria-pressed", String(option === chosen)));
    onChange(chosen);
  };
  const element = h("div", { class: "mx-options", role: "group", "aria-label": label },
    h("span", { class: "mx-options-label" }, label), ...buttons);
  return { element, set };
}
