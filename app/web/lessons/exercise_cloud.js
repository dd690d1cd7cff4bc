/** The exercise's cloud, and which classes are apart in it. */

import { classColour } from "../core/figures.js";
import { h } from "../core/dom.js";
import { paperTheme } from "../core/theme.js";
import { Legend } from "../view/legend.js";
import { View } from "../view/view.js";
import { accuracy, byClass, votes } from "./exercise_classes.js";
import { missing, projected, shareInPrint, table, tried, verdict } from "./exercise_parts.js";

const TURN = 12; // ms of counting between two looks at what else the page has to do
const APART = 0.5; // share of its samples from which on a class counts as apart
const PAPER = { width: "720px", height: "540px" };

/**
 * @typedef {import("./exercise_desk.js").Desk} Desk
 * @typedef {import("./exercise_desk.js").Model} Model
 * @typedef {import("./exercise_classes.js").Found} Found
 */

/** The cloud; then a guess; then the count. @param {HTMLElement} slot @param {Desk} desk */
export function classes(slot, desk) {
  if (!desk.work.run) return void slot.append(missing(desk.t("exercise.needs.run")));
  const ending = new AbortController();
  tried(slot, async () => {
    const model = await desk.model(desk.work.run);
    if (ending.signal.aborted) return;
    const found = h("div", { class: "mx-exercise-about" });
    const count = () => tried(found, () => show(found, desk, model, ending.signal));
    const leave = cloud(slot, desk, model);
    ending.signal.addEventListener("abort", leave);
    const note = projected(desk, model.card);
    slot.append(...(note ? [missing(note)] : []), guess(desk, model, count), found);
    if (guessed(desk, model.card)) count();
  });
  return () => ending.abort();
}

/** @param {HTMLElement} slot @param {Desk} desk @param {Model} model @returns {() => void} takes it away */
function cloud(slot, desk, { card, points, labels }) {
  const { t, context: { palette, classLabel } } = desk;
  const shown = card.classes.map(() => true);
  const stage = h("div", {
    class: "mx-stage mx-exercise-cloud", tabindex: 0, role: "group", "aria-label": t("exercise.cloud"),
    "data-testid": "exercise-cloud",
  });
  const named = { palette, t, classLabel: (label) => classLabel(card.classes[label]) };
  const legend = new Legend(slot, named, shown, (now) => view.setShown([...now]));
  slot.append(stage);
  const options = { points, labels, limits: card.ranges, palette, shown: [...shown], camera: desk.camera };
  const view = new View(stage, options);
  return () => {
    view.dispose();
    legend.dispose();
  };
}

/** The class that is expected to be apart, if it is one of these images. @returns {string|null} */
function guessed({ work }, { classes: names }) {
  return names.includes(work.guess) ? work.guess : null;
}

/** Which class will be apart: asked before it is counted. */
function guess(desk, { card }, count) {
  const { t, context } = desk;
  const known = guessed(desk, card);
  const select = h("select", {
    class: "mx-input", "data-testid": "guess", onchange: () => {
      desk.keep({ guess: select.value });
      count();
    },
  }, h("option", { value: "", disabled: true, selected: !known }, t("exercise.classes.pick")),
  ...card.classes.map((name) => (
    h("option", { value: name, selected: known === name }, context.classLabel(name)))));
  return h("label", { class: "mx-exercise-guess" }, h("span", {}, t("exercise.classes.guess")), select);
}

/** @param {HTMLElement} slot @param {Desk} desk @param {Model} model @param {AbortSignal} signal */
async function show(slot, desk, model, signal) {
  const { t, context } = desk;
  const bar = h("progress", { max: model.labels.length, "aria-label": t("exercise.classes.counting") });
  slot.replaceChildren(h("p", {}, t("exercise.classes.counting")), bar);
  const found = await counted(model, (done) => { bar.value = done; }, signal);
  if (signal.aborted) return;
  const colour = ({ label }) => h("span", { class: "mx-dot", style: { background: classColour(label, context) } });
  const [heads, rows] = classRows(desk, model, found);
  const dotted = rows.map(([name, ...cells], at) => [h("span", {}, colour(found[at]), ` ${name}`), ...cells]);
  const { said, good } = apart(desk, model, found);
  slot.replaceChildren(verdict(said, good), table(heads, dotted, "classes"));
}

/**
 * Counted once for each model, in turns, so that the page stays at hand.
 * @param {Model & {found?: Found[]}} model @param {(done: number) => void} tell @param {AbortSignal} [signal]
 * @returns {Promise<Found[]>}
 */
export async function counted(model, tell, signal) {
  if (model.found) return model.found;
  const counting = votes(model.points, model.labels, model.card.classes.length);
  let step = counting.next();
  while (!step.done && !signal?.aborted) {
    for (const until = performance.now() + TURN; !step.done && performance.now() < until;) step = counting.next();
    if (!step.done) tell(Number(step.value));
    await new Promise((resolve) => { setTimeout(resolve); });
  }
  if (!step.done) return [];
  model.found = byClass(/** @type {Uint32Array} */ (step.value), model.card.classes.length);
  return model.found;
}

/** @param {Desk} desk @param {Model} model @param {Found[]} found @returns {[string[], string[][]]} */
export function classRows({ t, context }, { card }, found) {
  const named = (label) => context.classLabel(card.classes[label]);
  const rows = found.map(({ label, share, chance, other }) => [
    named(label), shareInPrint(share), shareInPrint(chance), other === null ? "–" : named(other),
  ]);
  const heads = ["class", "share", "chance", "other"].map((name) => t(`exercise.classes.head.${name}`));
  return [heads, rows];
}

/**
 * Which classes are apart, and how the guess came out.
 * @param {Desk} desk @param {Model} model @param {Found[]} found @returns {{said: string, good: boolean|null}}
 */
export function apart({ t, work, context }, { card }, found) {
  const named = ({ label }) => context.classLabel(card.classes[label]);
  const clear = found.filter(({ share }) => share >= APART);
  const names = clear.map(named).join(", ");
  const place = 1 + found.findIndex(({ label }) => card.classes[label] === work.guess);
  const values = {
    names, count: clear.length, classes: found.length, accuracy: shareInPrint(accuracy(found)), best: named(found[0]),
  };
  const said = t(clear.length ? "exercise.classes.apart" : "exercise.classes.none", values);
  if (!place) return { said, good: null };
  const placed = t("exercise.classes.place", { name: named(found[place - 1]), place, classes: found.length });
  return { said: `${said} ${placed}`, good: place === 1 };
}

/**
 * The cloud as it was turned, on white, drawn out of sight.
 * @param {Desk} desk @param {Model} model @param {AbortSignal} signal @returns {Promise<string>} a PNG as a data URL
 * @throws {DOMException} where it is not wanted any more
 */
export async function cloudPicture({ context: { palette }, camera }, { card, points, labels }, signal) {
  signal.throwIfAborted();
  const stage = h("div", { style: { ...PAPER, position: "fixed", left: "-2000px", top: "0" }, "aria-hidden": "true" });
  document.body.append(stage); // not in the step, which may be built again meanwhile
  const view = new View(stage, { points, labels, limits: card.ranges, palette, theme: paperTheme(), camera });
  try {
    await view.ready;
    signal.throwIfAborted();
    view.draw();
    return /** @type {HTMLCanvasElement} */ (view.painter.surface).toDataURL("image/png");
  } finally {
    view.dispose();
    stage.remove();
  }
}
