/** The last step of the exercise: the report, made of everything that the learner has done. */

import { h } from "../core/dom.js";
import { download } from "../core/download.js";
import { classColour } from "../core/figures.js";
import { settingsOf } from "../core/settings.js";
import { paperTheme } from "../core/theme.js";
import { curveWords } from "./exercise_begin.js";
import { apart, classRows, cloudPicture, counted } from "./exercise_cloud.js";
import { examples } from "./exercise_classes.js";
import { curveSvg } from "./exercise_curve.js";
import { againstPca, comparison, errorRows, reconstructed } from "./exercise_errors.js";
import { missing, projected, tried } from "./exercise_parts.js";
import { reportHtml } from "./exercise_report.js";

const FILE = "manifold-exercise.html";

/**
 * @typedef {import("./exercise_desk.js").Desk} Desk
 * @typedef {import("./exercise_desk.js").Model} Model
 * @typedef {import("./exercise_report.js").Part} Part
 */

/** What is still open, and the button. @param {HTMLElement} slot @param {Desk} desk @param {string[]} steps */
export function report(slot, desk, steps) {
  const { t, work } = desk;
  const ending = new AbortController();
  const open = h("div"), trouble = h("div", { role: "status" });
  const name = h("input", {
    class: "mx-input", type: "text", maxlength: 80, value: work.learner, "data-testid": "learner",
    oninput: () => desk.keep({ learner: name.value }),
  });
  const button = h("button", {
    class: "mx-button mx-button-primary", type: "button", disabled: !work.run, "data-testid": "save-report",
    onclick: () => tried(trouble, async () => {
      button.disabled = true;
      trouble.replaceChildren(t("exercise.report.making"));
      try {
        download(new Blob([await written(desk, steps, ending.signal)], { type: "text/html" }), FILE);
        trouble.replaceChildren(t("exercise.report.made", { file: FILE }));
      } finally {
        button.disabled = false;
      }
    }),
  }, t("exercise.report.save"));
  const list = () => {
    const gaps = gapsOf(desk, steps);
    open.replaceChildren(gaps.length ? missing(t("exercise.report.open", { gaps: gaps.join("; ") }))
      : h("p", {}, t("exercise.report.whole")));
  };
  list();
  desk.addEventListener("work", list, { signal: ending.signal });
  slot.append(open, h("label", { class: "mx-exercise-guess" }, h("span", {}, t("exercise.report.name")), name),
    h("p", { class: "mx-exercise-way" }, button), trouble);
  return () => ending.abort();
}

/** @param {Desk} desk @param {string[]} steps @returns {string[]} what is not done yet, in words */
function gapsOf({ t, work }, steps) {
  const unanswered = steps.filter((step) => !work.answers[step]?.trim()).map((step) => t(`exercise.step.${step}`));
  return [
    !work.run && t("exercise.gap.run"), work.run && !work.other && t("exercise.gap.other"),
    unanswered.length && t("exercise.gap.answers", { steps: unanswered.join(", ") }),
  ].filter(Boolean);
}

/**
 * @param {Desk} desk @param {string[]} steps @param {AbortSignal} signal
 * @returns {Promise<string>} the file @throws {DOMException} where it is not wanted any more
 */
async function written(desk, steps, signal) {
  const { t, work, context } = desk;
  const first = await desk.model(work.run);
  const second = work.other ? await desk.model(work.other) : null;
  const parts = {
    data: [{ kind: "text", text: context.datasets[first.card.dataset] }],
    design: [{ kind: "text", text: desk.titleOf(first.card) }, ...settings(desk, first)],
    run: [{ kind: "svg", markup: curveOf(desk, first) }],
    error: [errors(desk, [first]), { kind: "text", text: againstPca(desk, first).said }, ...await strips(desk, first)],
    classes: await cloudParts(desk, first, signal),
    power: second ? await otherParts(desk, first, second) : [{ kind: "note", text: t("exercise.gap.other") }],
  };
  signal.throwIfAborted();
  const answered = (step) => [
    { kind: "heading", text: t(`exercise.question.${step}`) },
    work.answers[step]?.trim() ? { kind: "answer", text: work.answers[step] }
      : { kind: "note", text: t("exercise.report.unanswered") },
  ];
  const about = [work.learner, new Date().toLocaleDateString(context.language)];
  return reportHtml({
    theme: paperTheme(),
    language: context.language, title: t("exercise.title"), about: about.filter(Boolean).join(" · "),
    sections: steps.map((step) => ({
      title: t(`exercise.step.${step}`), parts: /** @type {Part[]} */ ([...(parts[step] ?? []), ...answered(step)]),
    })),
  });
}

/** @param {Desk} desk @param {Model} model @returns {Part[]} */
function settings({ context }, { card }) {
  return settingsOf(card.config, context.strings).flatMap(({ title, lines }) => [
    { kind: /** @type {const} */ ("heading"), text: title },
    { kind: /** @type {const} */ ("table"), table: { heads: [], rows: lines.map((line) => [line.label, line.value]) } },
  ]);
}

function curveOf({ t }, { card }) {
  return curveSvg(card.history ?? [], card.metrics.pca_mse, curveWords(t), paperTheme());
}

/** @param {Desk} desk @param {Model[]} models @returns {Part} */
function errors(desk, models) {
  const [heads, rows] = errorRows(desk, models);
  return { kind: "table", table: { heads, rows } };
}

/** @param {Desk} desk @param {Model} model @param {AbortSignal} signal @returns {Promise<Part[]>} */
async function cloudParts(desk, model, signal) {
  const { t, context } = desk;
  const keys = model.card.classes.map((name, label) => (
    { colour: classColour(label, context), name: context.classLabel(name) }));
  const address = await cloudPicture(desk, model, signal);
  const found = await counted(model, () => {}, signal);
  signal.throwIfAborted();
  const note = projected(desk, model.card);
  const [heads, rows] = classRows(desk, model, found);
  return [
    { kind: "picture", address, caption: t("exercise.report.cloud", { n: model.labels.length.toLocaleString("en") }) },
    { kind: "keys", keys }, ...(note ? [{ kind: /** @type {const} */ ("note"), text: note }] : []),
    { kind: "text", text: apart(desk, model, found).said },
    { kind: "table", table: { heads, rows } },
  ];
}

/** @param {Desk} desk @param {Model} first @param {Model} second @returns {Promise<Part[]>} */
async function otherParts(desk, first, second) {
  const { said, fair, settings: besides } = comparison(desk, first, second);
  if (!fair) return [{ kind: "note", text: said }];
  const drawn = (await strips(desk, second)).slice(-1);
  return [errors(desk, [first, second]), { kind: "text", text: said },
    ...(besides ? [{ kind: /** @type {const} */ ("note"), text: besides }] : []), ...drawn];
}

/** Originals where they are at hand, then reconstructions. @param {Desk} desk @param {Model} model */
async function strips(desk, { api, card, labels }) {
  const five = examples(labels, card.classes.length);
  const kinds = card.has_images ? ["image", "reconstruction"] : ["reconstruction"];
  const captions = { image: desk.t("exercise.originals"), reconstruction: reconstructed(desk, card) };
  const written = async (kind) => (
    { kind: /** @type {const} */ ("strip"), address: await packed(api.sheetUrl(five, kind)), caption: captions[kind] });
  return Promise.all(kinds.map(written));
}

/** @param {string} url of a picture @returns {Promise<string>} the same as a data URL */
async function packed(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const reader = new FileReader();
  const read = new Promise((resolve, reject) => {
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
  });
  reader.readAsDataURL(await answer.blob());
  return read;
}
