/**
 * The most important features: digits and photographs, each in three numbers, side by side. A hand moves one number or
 * leaves the data; whether neighbours are of one class is counted over the samples that were visited.
 */

import { h } from "../core/dom.js";
import { ModelMap } from "../learn/model_map.js";
import { seeded } from "../learn/random.js";
import { Agreement, answerOf, farthestCorner } from "./features_numbers.js";

export const formula = `
  <mtable displaystyle="true">
    <mtr><mtd><mi>x</mi><mo>≈</mo><mi>g</mi><mo stretchy="false">(</mo><msub><mi>z</mi><mn>1</mn></msub><mo>,</mo>
      <msub><mi>z</mi><mn>2</mn></msub><mo>,</mo><msub><mi>z</mi><mn>3</mn></msub><mo stretchy="false">)</mo>
    </mtd></mtr>
    <mtr><mtd><mi>r</mi><mo stretchy="false">(</mo><mi>z</mi><mo stretchy="false">)</mo><mo>=</mo>
      <mfrac><mn>1</mn><mi>k</mi></mfrac>
      <munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>k</mi></munderover>
      <mo>‖</mo><mi>z</mi><mo>−</mo>
      <msub><mi>z</mi><mrow><mo>(</mo><mi>i</mi><mo>)</mo></mrow></msub><mo>‖</mo></mtd></mtr>
  </mtable>`;
export const symbols = [
  ["z", [1, 2, 3].map((axis) => `<msub><mi>z</mi><mn>${axis}</mn></msub>`).join("<mo>,</mo>")],
  ["g", "<mi>g</mi>"],
  ["r", "<mi>r</mi>"],
  ["near", "<msub><mi>z</mi><mrow><mo>(</mo><mi>i</mi><mo>)</mo></mrow></msub>"],
];
export const choices = ["digits", "photos", "both", "neither"];

const MODELS = ["mnist", "default"];
const NEIGHBOURS = 10;
const VISITS = 8; // samples on each map, from which on the question is answered
const SEED = 4;
const STAY = 250; // ms on each sample, so that an eye can follow
const PATIENCE = 5000; // ms for an answer
const WAY = 1500; // ms out of the data

/** @type {import("../learn/contents.js").LessonModule["mount"]} */
export function mount(figure, context) {
  const { t, observed } = context;
  const sides = MODELS.map((model) => ({ counted: new Agreement(), map: null, model }));
  const maps = h("div", { class: "mx-maps" });
  const said = h("p", { class: "mx-lesson-said", role: "status", "data-testid": "said" });
  const act = (name, run) => h("button", { class: "mx-button", type: "button", "data-testid": name, onclick: run },
    t(`features.${name}`));
  figure.append(h("div", { class: "mx-options" }, act("leave", leave), act("home", home)), said, maps);
  let gone = false, moving = null, away = false;
  for (const side of sides) {
    side.map = new ModelMap(maps, side.model, t(`features.${side.model}`), context, NEIGHBOURS);
    side.map.addEventListener("nearest", ({ detail }) => count(side, detail));
  }
  tell();
  ready().then((there) => {
    away = !gone && there.length < sides.length;
    if (away) tell();
  });

  /** @param {typeof sides[0]} side @param {import("../explore/feed.js").Found} found */
  function count({ counted, map }, { answer, without }) {
    if (without === null || counted.shares.has(without)) return;
    counted.count(without, map.labels[without], answer.votes);
    tell();
    const [digits, photos] = sides.map((side) => side.counted);
    if (Math.min(digits.visited, photos.visited) < VISITS) return;
    observed(answerOf(digits.mean, photos.mean), shares());
  }

  function shares() {
    const [digits, photos] = sides.map(({ counted }) => Math.round(100 * counted.mean));
    return { digits, photos, k: NEIGHBOURS };
  }

  function tell() {
    const [visited, other] = sides.map(({ counted }) => counted.visited);
    const sentence = t("features.said", { ...shares(), visited, other });
    said.textContent = away ? `${sentence} ${t("features.away")}` : sentence;
  }

  /** Both probes on the same straight way, each from where it is to the corner that is farthest from there. */
  async function leave() {
    const turn = (moving = Symbol("leaving"));
    const here = (await ready()).map(({ map }) => map);
    const ways = here.map(({ probe }) => {
      const from = Array.from(probe.position);
      return { probe, from, to: farthestCorner(from, probe.limits) };
    });
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const start = performance.now();
    const step = () => {
      if (gone || turn !== moving || here.some(({ probe }) => probe.held)) return;
      const share = calm ? 1 : Math.min(1, (performance.now() - start) / WAY);
      for (const { probe, from, to } of ways) probe.moveTo(from.map((at, axis) => at + share * (to[axis] - at)));
      if (share < 1) requestAnimationFrame(step);
    };
    step();
  }

  async function home() {
    moving = null;
    for (const { map: { probe, card } } of await ready()) probe.goToSample(card.start);
  }

  /** @returns {Promise<typeof sides>} those whose map can be moved */
  async function ready() {
    const there = await Promise.all(sides.map(({ map }) => map.ready));
    return sides.filter((_, at) => there[at]);
  }

  /** From sample to sample, drawn at random, as many as the question takes. */
  async function demonstrate() {
    const turn = (moving = Symbol("visiting"));
    const there = await ready();
    await Promise.all(there.map((side) => visit(side, () => !gone && turn === moving)));
  }

  /** @param {typeof sides[0]} side @param {() => boolean} goesOn */
  async function visit({ map, counted }, goesOn) {
    const random = seeded(SEED);
    counted.shares.clear();
    for (let at = 0; at < VISITS && goesOn(); at += 1) {
      const index = Math.floor(random() * map.labels.length);
      const answered = counts(map, index);
      await map.probe.goToSample(index);
      await Promise.all([answered, new Promise((wake) => setTimeout(wake, STAY))]);
    }
  }

  return {
    demonstrate,
    recolour: (theme) => { for (const { map } of sides) map.recolour(theme); },
    dispose: () => { gone = true; for (const { map } of sides) map.dispose(); },
  };
}

/**
 * When the neighbours of this sample have come, or are given up.
 * @param {ModelMap} map @param {number} index @returns {Promise<void>}
 */
function counts(map, index) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, PATIENCE);
    /** @param {Event} event */
    function heard(event) {
      if (/** @type {CustomEvent} */ (event).detail.without === index) done();
    }
    function done() {
      clearTimeout(timer);
      map.removeEventListener("nearest", heard);
      resolve();
    }
    map.addEventListener("nearest", heard);
  });
}
