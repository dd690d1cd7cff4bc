/**
 * Entangled and disentangled: the axes of a plain autoencoder beside those of a beta-VAE, as strips through the same
 * sample; and how far the changes that the axes make in the picture overlap, measured over many samples.
 */

import { h } from "../core/dom.js";
import { choice } from "../learn/inputs.js";
import { mean } from "../learn/numbers.js";
import { seeded } from "../learn/random.js";
import { answerOf } from "./disentangling_numbers.js";
import { Strips } from "./disentangling_strips.js";

export const formula = `
  <mtable displaystyle="true">
    <mtr><mtd><mi>L</mi><mo>=</mo><msup><mrow><mo>‖</mo><mi>g</mi><mo stretchy="false">(</mo><mi>z</mi>
      <mo stretchy="false">)</mo><mo>−</mo><mi>x</mi><mo>‖</mo></mrow><mn>2</mn></msup></mtd></mtr>
    <mtr><mtd><mspace width="2em"/><mo form="infix">+</mo><mi>β</mi><mi>KL</mi><mo stretchy="false">(</mo>
      <mi>q</mi><mo stretchy="false">(</mo><mi>z</mi><mo>|</mo><mi>x</mi>
      <mo stretchy="false">)</mo><mo>‖</mo><mi>N</mi><mo stretchy="false">(</mo><mn>0</mn><mo>,</mo><mi>I</mi>
      <mo stretchy="false">)</mo><mo stretchy="false">)</mo></mtd></mtr>
    <mtr><mtd><msub><mi>c</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub><mo>=</mo><mo>|</mo><mi>cos</mi>
      <mo stretchy="false">(</mo><msub><mo>∂</mo><mi>i</mi></msub><mi>g</mi><mo>,</mo><msub><mo>∂</mo><mi>j</mi></msub>
      <mi>g</mi><mo stretchy="false">)</mo><mo>|</mo></mtd></mtr>
  </mtable>`;
export const symbols = [
  ["beta", "<mi>β</mi>"],
  ["kl", "<mi>KL</mi>"],
  ["change", "<msub><mo>∂</mo><mi>i</mi></msub><mi>g</mi>"],
  ["overlap", "<msub><mi>c</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub>"],
];
export const choices = ["plain", "beta", "alike"];

const PAIRS = { digits: ["mnist", "mnist-beta-vae"], photos: ["default", "beta-vae"] };
const KINDS = ["plain", "beta"];
const MEASURED = 40; // samples
const SEED = 3;

/** @type {import("../learn/contents.js").LessonModule["mount"]} */
export function mount(figure, context) {
  const { t, observed } = context;
  const pair = choice({
    name: "pair", label: t("disentangling.pair"),
    options: Object.keys(PAIRS).map((name) => [name, t(`disentangling.pair.${name}`)]),
    value: "digits", onChange: (name) => start(name),
  });
  const act = (name, run) => h("button", { class: "mx-button", type: "button", "data-testid": name, onclick: run },
    t(`disentangling.${name}`));
  const said = h("p", { class: "mx-lesson-said", role: "status", "data-testid": "said" });
  const both = h("div", { class: "mx-strips-both" });
  figure.append(pair.element, h("div", { class: "mx-options" }, act("another", another), act("measure", measure)),
    said, both);
  /** @type {Strips[]} */
  let strips = [];
  let started = null, gone = false, draw = seeded(SEED);

  /** @param {string} name of a pair */
  function start(name) {
    for (const each of strips) each.dispose();
    strips = PAIRS[name].map((model, at) => new Strips(both, model, t(`disentangling.${KINDS[at]}`), context));
    said.textContent = t("disentangling.task");
    started = begin(strips).catch(() => fail(strips));
  }

  /** @param {Strips[]} mine */
  async function begin(mine) {
    await Promise.all(mine.map((each) => each.begin()));
    if (mine === strips) said.textContent = `${t("disentangling.task")} ${t(mine[0].names.notice)}`;
    await Promise.all(mine.map((each) => each.goTo(each.card.start)));
    return true;
  }

  /** @param {Strips[]} mine */
  function fail(mine) {
    if (mine === strips && !gone) said.textContent = t("axes.failed");
    return false;
  }

  /** Both go to the same sample, drawn at random: both models have the same test images. */
  async function another() {
    const mine = strips;
    if (!(await started)) return;
    const index = Math.floor(draw() * mine[0].card.n);
    await Promise.all(mine.map((each) => each.goTo(index))).catch(() => fail(mine));
  }

  async function measure() {
    const mine = strips;
    if (!(await started)) return;
    const random = seeded(SEED);
    const found = mine.map(() => /** @type {number[]} */ ([]));
    try {
      for (let done = 0; done < MEASURED; done += 1) {
        const index = Math.floor(random() * mine[0].card.n);
        const values = await Promise.all(mine.map((each) => each.overlapAt(index)));
        if (mine !== strips || gone) return;
        values.forEach((value, at) => found[at].push(value));
        said.textContent = t("disentangling.measuring", { done: done + 1, all: MEASURED });
      }
    } catch {
      fail(mine);
      return;
    }
    const [plain, beta] = found.map(mean);
    const values = { plain: plain.toFixed(2), beta: beta.toFixed(2), count: MEASURED };
    said.textContent = t("disentangling.outcome", values);
    observed(answerOf(plain, beta), values);
  }

  start("digits");
  return {
    demonstrate: measure,
    dispose: () => { gone = true; for (const each of strips) each.dispose(); },
  };
}
