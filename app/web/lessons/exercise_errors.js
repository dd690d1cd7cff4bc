/** The exercise's checks of errors: below PCA's or not, and what another n of |f(x) - x|^n changes. */

import { h } from "../core/dom.js";
import { settingsOf } from "../core/settings.js";
import { runChoice } from "./exercise_begin.js";
import { examples } from "./exercise_classes.js";
import { powerOf } from "./exercise_desk.js";
import { errorInPrint, missing, shareInPrint, strip, table, tried, verdict, wayOut } from "./exercise_parts.js";

/**
 * @typedef {import("./exercise_desk.js").Desk} Desk
 * @typedef {import("./exercise_desk.js").Model} Model
 */

/** Test error beside that of PCA with as many numbers. @param {HTMLElement} slot @param {Desk} desk */
export function error(slot, desk) {
  if (!desk.work.run) return void slot.append(missing(desk.t("exercise.needs.run")));
  tried(slot, async () => {
    const model = await desk.model(desk.work.run);
    const { said, good } = againstPca(desk, model);
    slot.replaceChildren(table(...errorRows(desk, [model]), "errors"), verdict(said, good), ...strips(desk, model));
  });
}

/** @param {Desk} desk @param {Model} model @returns {{said: string, good: boolean}} */
export function againstPca({ t }, { card: { metrics, latent_dim: d } }) {
  const good = metrics.test_mse < metrics.pca_mse;
  const values = {
    mse: errorInPrint(metrics.test_mse), pca: errorInPrint(metrics.pca_mse), d,
    percent: Math.abs(100 * (metrics.test_mse / metrics.pca_mse - 1)).toFixed(1),
  };
  return { said: t(good ? "exercise.error.below" : "exercise.error.above", values), good };
}

/** The errors of each, and PCA's. @param {Desk} desk @param {Model[]} models @returns {[string[], string[][]]} */
export function errorRows(desk, models) {
  const { t } = desk;
  const [{ card: { metrics: of, latent_dim: d } }] = models;
  const pca = { test_mse: of.pca_mse, test_mae: of.pca_mae, knn_accuracy: of.pca_knn_accuracy };
  const each = [...models.map(({ card }) => card.metrics), pca];
  const names = models.map(({ card }) => `${desk.titleOf(card)} (n = ${powerOf(card)})`);
  return [["", ...names, t("exercise.pca", { d })], [
    [t("exercise.mse"), ...each.map((metrics) => errorInPrint(metrics.test_mse))],
    [t("exercise.mae"), ...each.map((metrics) => errorInPrint(metrics.test_mae))],
    [t("exercise.knn"), ...each.map((metrics) => shareInPrint(metrics.knn_accuracy))],
  ]];
}

/** Five samples, above what the model makes of them. @param {Desk} desk @param {Model} model */
function strips(desk, { api, card, labels }) {
  const five = examples(labels, card.classes.length);
  const drawn = strip(api.sheetUrl(five, "reconstruction"), reconstructed(desk, card));
  return card.has_images ? [strip(api.sheetUrl(five, "image"), desk.t("exercise.originals")), drawn] : [drawn];
}

/** What stands above a model's reconstructions. @param {Desk} desk @param {import("../core/api.js").Card} card */
export function reconstructed({ t }, card) {
  return t("exercise.reconstructions", { n: powerOf(card), d: card.latent_dim });
}

/** A second training with another n, and what it changes. @param {HTMLElement} slot @param {Desk} desk */
export function power(slot, desk) {
  const { t, work } = desk;
  if (!work.run) return void slot.append(missing(t("exercise.needs.run")));
  const way = h("p", { class: "mx-exercise-way" }), list = h("div");
  const about = h("div", { class: "mx-exercise-about" });
  slot.append(way, list, about);
  tried(way, async () => {
    const n = otherPower((await desk.model(work.run)).card);
    const link = desk.formLink({ form: "copy", run: work.run, power: String(n) });
    way.append(wayOut(t("exercise.power.open", { n }), link, "open-copy"),
      h("span", { class: "mx-note" }, t("exercise.design.tab")));
  });
  const choose = (name) => {
    desk.keep({ other: name });
    tried(about, () => compare(about, desk), () => work.other === name);
  };
  if (work.other) choose(work.other);
  const legend = t("exercise.power.choose");
  return runChoice(list, desk, { name: "other", legend, chosen: () => work.other, choose, without: work.run });
}

/** @param {import("../core/api.js").Card} card @returns {number} the n that it was not trained with */
function otherPower(card) {
  return powerOf(card) === 2 ? 1 : 2;
}

/** @param {HTMLElement} slot @param {Desk} desk */
async function compare(slot, desk) {
  const { run, other } = desk.work;
  const [first, second] = await Promise.all([desk.model(run), desk.model(other)]);
  if (desk.work.other !== other) return;
  const { said, fair, settings } = comparison(desk, first, second);
  if (!fair) return void slot.replaceChildren(missing(said));
  slot.replaceChildren(table(...errorRows(desk, [first, second]), "errors"), verdict(said),
    ...(settings ? [h("p", { class: "mx-note", "data-testid": "besides" }, settings)] : []),
    ...strips(desk, first), ...strips(desk, second).slice(-1));
}

/**
 * What the second run shows against the first.
 * @param {Desk} desk @param {Model} first @param {Model} second
 * @returns {{said: string, fair: boolean, settings: string}} `settings`: which differ besides n
 */
export function comparison(desk, first, second) {
  const { t } = desk;
  const wanted = otherPower(first.card);
  if (first.card.data.fingerprint !== second.card.data.fingerprint) {
    return { said: t("exercise.power.images"), fair: false, settings: "" };
  }
  if (powerOf(second.card) !== wanted) {
    return { said: t("exercise.power.same", { n: wanted }), fair: false, settings: "" };
  }
  const [squared, absolute] = wanted === 1 ? [first, second] : [second, first];
  const change = (name) => {
    const percent = 100 * (absolute.card.metrics[name] / squared.card.metrics[name] - 1);
    return `${percent < 0 ? "−" : "+"}${Math.abs(percent).toFixed(1)} %`;
  };
  const others = differing(desk, first.card.config, second.card.config);
  const settings = others.length ? t("exercise.power.besides", { settings: others.join(", ") }) : "";
  return { said: t("exercise.power.said", { mse: change("test_mse"), mae: change("test_mae") }), fair: true, settings };
}

/** Labels of the settings, n aside, that differ; what only one of two versions' cards tells is left out. */
function differing({ context: { strings } }, one, other) {
  const whole = (config) => ({ ...config, objective: { loss: "power", ...config.objective } });
  const [these, those] = [one, other].map((config) => settingsOf(whole(config), strings).flatMap(({ lines }) => lines));
  const there = new Map(those.map(({ name, value }) => [name, value]));
  const differs = ({ name, value }) => name !== "power" && there.has(name) && value !== there.get(name);
  return these.filter(differs).map(({ label }) => label);
}
