/** The first steps of the exercise: which images, what design, which training. */

import { h } from "../core/dom.js";
import { settingsOf } from "../core/settings.js";
import { readTheme } from "../core/theme.js";
import { stateWords } from "../train/words.js";
import { curveSvg } from "./exercise_curve.js";
import { missing, projected, table, tried, wayOut } from "./exercise_parts.js";

const BEST = ["cifar10", "own"], ALWAYS = "digits";
const AGAIN = 2000, UNSEEN = 10_000; // ms between two questions for the trainings, also where nobody looks
const DECISIONS = ["latent_dim", "widths", "power", "epochs", "learning_rate", "batch_size"];

/** @typedef {import("./exercise_desk.js").Desk} Desk */

/**
 * The images. Which are on this machine stands in the list of models, which opens none of them.
 * @param {HTMLElement} slot @param {Desk} desk
 */
export function data(slot, desk) {
  tried(slot, async () => {
    const models = await desk.json("models");
    const ready = (name) => name === ALWAYS || models.some((model) => model.dataset === name && model.has_images);
    const first = BEST.find(ready);
    if (!ready(desk.work.dataset)) desk.keep({ dataset: first ?? ALWAYS });
    const used = new Set(models.map(({ dataset }) => dataset));
    const known = Object.entries(desk.context.datasets).filter(([name]) => used.has(name));
    slot.replaceChildren(
      h("p", { "data-testid": "data-said" }, desk.t(`exercise.data.${first ?? "absent"}`)),
      h("fieldset", { class: "mx-choices" }, h("legend", {}, desk.t("exercise.data.choose")),
        ...known.map(([name, title]) => choiceOf(name, title, ready(name), desk))));
  });
}

function choiceOf(name, title, ready, desk) {
  const { t, work } = desk;
  return h("label", { class: "mx-choice" },
    h("input", {
      type: "radio", name: "mx-exercise-data", value: name, disabled: !ready, checked: work.dataset === name,
      "data-testid": `data-${name}`, onchange: () => desk.keep({ dataset: name }),
    }),
    h("span", {}, title, !ready && h("span", { class: "mx-note" }, ` ${t("exercise.data.away")}`)));
}

/** The design, in Train's form. @param {HTMLElement} slot @param {Desk} desk */
export function design(slot, desk) {
  const { t } = desk;
  const query = { form: "new", preset: "one-minute", dataset: desk.work.dataset ?? ALWAYS };
  const decisions = DECISIONS.map((name) => [t(`exercise.decision.${name}`), t(`exercise.decision.${name}.why`)]);
  const locked = h("div");
  slot.append(
    table([t("exercise.decision"), t("exercise.decision.why")], decisions, "decisions"),
    h("p", { class: "mx-exercise-way" }, wayOut(t("exercise.design.open"), desk.formLink(query), "open-form"),
      h("span", { class: "mx-note" }, t("exercise.design.tab"))), locked);
  tried(locked, async () => {
    const { train } = (await desk.json("class")).locked;
    if (train) locked.append(missing(train));
  });
}

/** The training that the learner made. @param {HTMLElement} slot @param {Desk} desk */
export function run(slot, desk) {
  const list = h("div"), about = h("div", { class: "mx-exercise-about" });
  slot.append(list, about);
  const choose = (name) => {
    desk.keep({ run: name });
    tried(about, () => describe(about, desk, name), () => desk.work.run === name);
  };
  if (desk.work.run) choose(desk.work.run);
  const legend = desk.t("exercise.run.choose");
  return runChoice(list, desk, { name: "run", legend, chosen: () => desk.work.run, choose });
}

/**
 * The trainings to choose one from, asked for again and again.
 * @param {HTMLElement} slot @param {Desk} desk
 * @param {{name: string, legend: string, chosen: () => string|null, choose: (name: string) => void,
 *   without?: string|null}} options `without` one that is not on offer
 * @returns {() => void} stops asking
 */
export function runChoice(slot, desk, { name, legend, chosen, choose, without = null }) {
  let timer = 0, drawn = "", gone = false;
  const show = async () => {
    const runs = (await desk.runs()).filter((each) => each.name !== without);
    const told = ({ name: its, title, state, epoch, has_model: whole }) => [its, title, state, epoch, whole];
    const now = JSON.stringify(runs.map(told));
    if (gone || now === drawn) return;
    drawn = now;
    const focused = slot.contains(document.activeElement) && document.activeElement.getAttribute("value");
    slot.replaceChildren(runs.length ? listed(runs) : missing(desk.t("exercise.run.none")));
    /** @type {HTMLElement} */ (slot.querySelector(`[value="${focused}"]`))?.focus();
  };
  const look = async () => {
    if (!await tried(slot, show)) drawn = "";
    if (!gone) timer = window.setTimeout(look, document.hidden ? UNSEEN : AGAIN);
  };
  const listed = (runs) => h("fieldset", { class: "mx-choices mx-exercise-runs" },
    h("legend", {}, legend), ...runs.map((each) => h("label", { class: "mx-choice" },
      h("input", {
        type: "radio", name: `mx-exercise-${name}`, value: each.name, disabled: !each.has_model,
        checked: chosen() === each.name, "data-testid": `${name}-${each.name}`, onchange: () => choose(each.name),
      }),
      h("span", {}, desk.titleOf(each), h("span", { class: "mx-note" }, ` ${progressOf(each, desk.t)}`)))));
  look();
  return () => {
    gone = true;
    clearTimeout(timer);
  };
}

function progressOf(each, t) {
  return [stateWords(each, t), each.epochs && t("exercise.run.epochs", each)].filter(Boolean).join(" · ");
}

/** @param {HTMLElement} slot @param {Desk} desk @param {string} name */
async function describe(slot, desk, name) {
  const { card } = await desk.model(name);
  if (desk.work.run !== name) return;
  const words = curveWords(desk.t), note = projected(desk, card);
  const curve = h("div", { class: "mx-exercise-curve", "data-testid": "curve" });
  curve.innerHTML = curveSvg(card.history ?? [], card.metrics.pca_mse, words, readTheme(slot));
  slot.replaceChildren(
    ...(note ? [missing(note)] : []), curve,
    h("details", { class: "mx-fold" }, h("summary", {}, desk.t("run.settings")),
      ...settingsOf(card.config, desk.context.strings).map(({ title, lines }) => (
        table([title, ""], lines.map(({ label, value }) => [label, value]), "settings")))));
}

/** What stands in the curve. @param {Say} t */
export function curveWords(t) {
  const [train, test, pca] = ["train", "test", "pca"].map((name) => t(`film.curve.${name}`));
  return { label: t("exercise.curve"), train, test, pca, epoch: t("exercise.epoch") };
}
