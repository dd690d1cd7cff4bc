/**
 * The curse of dimensionality: how empty a cube's corners leave its ball, how alike all distances become, how many
 * samples a fixed density takes. Points are drawn anew for each dimension; theory is drawn over them.
 */

import { h } from "../core/dom.js";
import { Chart } from "../learn/chart.js";
import { slider } from "../learn/inputs.js";
import { ballShare, distances, distanceTheory, histogram, insideShare, neededInPrint } from "./curse_numbers.js";

export const formula = `
  <mtable displaystyle="true"><mtr><mtd><mfrac>
    <mrow><mi>Vol</mi><mo stretchy="false">(</mo><msub><mi>B</mi><mi>d</mi></msub><mo stretchy="false">)</mo></mrow>
    <mrow><mi>Vol</mi><mo stretchy="false">(</mo><msub><mi>C</mi><mi>d</mi></msub><mo stretchy="false">)</mo></mrow>
  </mfrac><mo>=</mo><mfrac>
    <msup><mi>π</mi><mrow><mi>d</mi><mo>/</mo><mn>2</mn></mrow></msup>
    <mrow><msup><mn>2</mn><mi>d</mi></msup><mi mathvariant="normal">Γ</mi>
      <mo stretchy="false">(</mo><mi>d</mi><mo>/</mo><mn>2</mn><mo>+</mo><mn>1</mn><mo stretchy="false">)</mo></mrow>
  </mfrac><mo>→</mo><mn>0</mn></mtd></mtr><mtr><mtd>
  <mfrac><msub><mi>r</mi><mi>max</mi></msub><msub><mi>r</mi><mi>min</mi></msub></mfrac><mo>→</mo><mn>1</mn>
  </mtd></mtr></mtable>`;
export const symbols = [
  ["d", "<mi>d</mi>"],
  ["bodies", "<msub><mi>B</mi><mi>d</mi></msub><mo>,</mo><msub><mi>C</mi><mi>d</mi></msub>"],
  ["gamma", '<mi mathvariant="normal">Γ</mi>'],
  ["r", "<msub><mi>r</mi><mi>max</mi></msub><mo>,</mo><msub><mi>r</mi><mi>min</mi></msub>"],
];
export const choices = ["tens", "several", "one"];

const DIMENSIONS = [1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 32, 50, 64, 100, 200, 500, 1000, 3072];
const SAMPLES = 1000;
const ASKED = 1000; // dimensions from which on the question is answered
const NORMAL = 5; // dimensions from which on distances are nearly normal
const BOUNDS = { tens: 10, several: 1.5 }; // from these ratios on

/** @type {import("../learn/contents.js").LessonModule["mount"]} */
export function mount(figure, context) {
  const { t, observed } = context;
  const space = slider({
    name: "d", label: t("curse.dimension"), min: 0, max: DIMENSIONS.length - 1, value: DIMENSIONS.indexOf(3),
    said: (at) => String(DIMENSIONS[at]), onInput: (at) => show(DIMENSIONS[at]),
  });
  const density = slider({
    name: "per-axis", label: t("curse.per_axis"), min: 2, max: 20, value: 10, onInput: () => need(),
  });
  const chart = (name, x, y) => new Chart(charts, { title: t(`curse.${name}`), x, y }, context);
  const said = h("p", { class: "mx-lesson-said", "data-testid": "said" });
  const charts = h("div", { class: "mx-charts" });
  figure.append(space.element, density.element, said, charts);
  const volume = chart("volume", { title: t("curse.dimension"), log: true, range: [1, 3200] },
    { title: t("curse.share"), range: [0, 1.05] });
  const apart = chart("apart", { title: t("curse.relative"), range: [0, 2.5] }, { title: t("curse.frequency") });
  const needed = chart("needed", { title: t("curse.dimension"), range: [1, 20] },
    { title: t("curse.samples"), log: true, range: [1, 1e26] });
  let d = 3, ratio = 0;

  function need() {
    const perAxis = Number(density.input.value);
    const every = Array.from({ length: 20 }, (_, at) => at + 1);
    const lines = [{ name: t("curse.needed"), x: every, y: every.map((dim) => perAxis ** dim) }];
    const here = { name: `d = ${d}`, x: [d], y: [perAxis ** d], dots: true, size: 12 };
    needed.show(d <= 20 ? [...lines, here] : lines);
    tell();
  }

  function show(dimension) {
    d = dimension;
    const sample = insideShare(d, 20_000);
    const line = { name: t("curse.theory"), x: DIMENSIONS, y: DIMENSIONS.map(ballShare) };
    volume.show([line, { name: t("curse.drawn"), x: [d], y: [sample], dots: true, size: 12 }]);
    const found = distances(d, SAMPLES);
    const { x, y } = histogram(found.relative, 2.5, 50);
    const theory = { name: t("curse.normal"), x, y: x.map((at) => distanceTheory(d, at)), dash: "dash" };
    const drawn = { name: t("curse.drawn"), x, y, steps: true, fill: true };
    apart.show(d < NORMAL ? [drawn] : [drawn, theory]);
    ratio = found.ratio;
    need();
    if (d >= ASKED) observed(answerOf(ratio), { d, ratio: inPrint(ratio) });
  }

  function tell() {
    const values = { d, ratio: inPrint(ratio), n: SAMPLES, needed: neededInPrint(Number(density.input.value), d) };
    said.textContent = t("curse.said", values);
  }

  show(d);
  return {
    demonstrate: () => space.set(DIMENSIONS.indexOf(ASKED)),
    recolour: () => { for (const each of [volume, apart, needed]) each.draw(); },
    dispose: () => { for (const each of [volume, apart, needed]) each.dispose(); },
  };
}

/** @param {number} ratio of the farthest distance to the nearest */
function answerOf(ratio) {
  return Object.keys(BOUNDS).find((name) => ratio >= BOUNDS[name]) ?? "one";
}

/** @param {number} ratio */
function inPrint(ratio) {
  return ratio >= 100 ? String(Math.round(ratio)) : ratio.toPrecision(3);
}
