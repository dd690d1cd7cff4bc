/** Pieces that the steps of the exercise are made of. */

import { h } from "../core/dom.js";

/** @typedef {import("./exercise_desk.js").Desk} Desk */

/**
 * A question, and a field whose text is kept.
 * @param {Desk} desk @param {string} step @returns {HTMLElement}
 */
export function answerField(desk, step) {
  const field = h("textarea", {
    class: "mx-exercise-answer", rows: 3, maxlength: 4000, "data-testid": "answer",
    oninput: () => desk.keep({ answers: { ...desk.work.answers, [step]: field.value } }),
  });
  field.value = desk.work.answers[step] ?? "";
  return h("label", { class: "mx-exercise-question" }, h("span", {}, desk.t(`exercise.question.${step}`)), field);
}

/**
 * @param {string[]} heads @param {(string|Node)[][]} rows whose first cell names them @param {string} name of the table
 * @returns {HTMLElement}
 */
export function table(heads, rows, name) {
  return h("div", { class: "mx-exercise-table" }, h("table", { "data-testid": `table-${name}` },
    h("thead", {}, h("tr", {}, ...heads.map((head) => (head ? h("th", { scope: "col" }, head) : h("td", {}))))),
    h("tbody", {}, ...rows.map(([head, ...cells]) => (
      h("tr", {}, h("th", { scope: "row" }, head), ...cells.map((cell) => h("td", {}, cell))))))));
}

/**
 * @param {string} text @param {boolean|null} [good] of a check: whether it came out as hoped for
 * @returns {HTMLElement}
 */
export function verdict(text, good = null) {
  const right = good === null ? null : String(good);
  return h("p", { class: "mx-verdict", "data-right": right, "data-testid": "found" }, text);
}

/** @param {string} text @returns {HTMLElement} that something is not there yet, and what to do */
export function missing(text) {
  return h("p", { class: "mx-exercise-missing", "data-testid": "missing" }, text);
}

/**
 * Pictures in a row.
 * @param {string} address of a sheet @param {string} label
 * @returns {HTMLElement}
 */
export function strip(address, label) {
  return h("figure", { class: "mx-exercise-strip" },
    h("figcaption", {}, label), h("img", { class: "mx-pixelated", src: address, alt: label, "data-testid": "strip" }));
}

/**
 * What stands for a model that does not write three numbers.
 * @param {Desk} desk @param {import("../core/api.js").Card} card @returns {string} "" where it writes three
 */
export function projected({ t }, { latent_dim: d }) {
  return d === 3 ? "" : t("exercise.run.dim", { d });
}

/** @param {string} text @param {string} href @param {string} name @returns {HTMLElement} that opens beside this page */
export function wayOut(text, href, name) {
  return h("a", { class: "mx-button mx-button-primary", href, target: "_blank", "data-testid": name }, text);
}

/** @param {number|undefined} error @returns {string} */
export function errorInPrint(error) {
  return Number.isFinite(error) ? error.toFixed(4) : "–";
}

/** @param {number|undefined} share @returns {string} */
export function shareInPrint(share) {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : "–";
}

/**
 * Does something that asks the server; a refusal is said in its place, where it is still `wanted`.
 * @param {HTMLElement} slot @param {() => Promise<void>} run @param {() => boolean} [wanted]
 * @returns {Promise<boolean>} whether it went well
 */
export async function tried(slot, run, wanted = () => true) {
  try {
    await run();
    return true;
  } catch (error) {
    if (wanted()) slot.replaceChildren(missing(error.detail || error.message));
    return false;
  }
}
