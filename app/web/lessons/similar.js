/**
 * Similar samples: a blind test. Two rows of nearest samples, by latent and by pixel, in an order that is drawn; a
 * person says which fits better. Then the rows are named, and the class tells how each of them did.
 */

import { Api } from "../core/api.js";
import { h } from "../core/dom.js";
import { picturesOf } from "../core/pictures.js";
import { choice } from "../learn/inputs.js";
import { mean } from "../learn/numbers.js";
import { seeded } from "../learn/random.js";
import { answerOf, chanceOf, drawn, shareOf } from "./similar_numbers.js";
import { PairOfRows } from "./similar_rows.js";
import { Scores } from "./similar_scores.js";

export const formula = `
  <msub><mi>N</mi><mi>k</mi></msub><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>=</mo>
  <munder>
    <mrow><mi>k</mi><mspace width="0.3em"/><mi>arg</mi><mspace width="0.2em"/><mi>min</mi></mrow>
    <msub><mi>x</mi><mi>i</mi></msub>
  </munder>
  <mo>‖</mo><mi>φ</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>−</mo><mi>φ</mi>
  <mo stretchy="false">(</mo><msub><mi>x</mi><mi>i</mi></msub><mo stretchy="false">)</mo><mo>‖</mo>`;
export const symbols = [
  ["n", "<msub><mi>N</mi><mi>k</mi></msub>"],
  ["phi", "<mi>φ</mi>"],
  ["x", "<mi>x</mi><mo>,</mo><msub><mi>x</mi><mi>i</mi></msub>"],
];
export const choices = ["latent", "pixel", "alike"];

const MODELS = ["digits", "mnist", "default", "label-guided"];
const NEAREST = 6;
const ROUNDS = 5; // that a person judges
const SCORED = 40; // samples, among them those of the rounds, that the class is asked about
const SPACES = ["latent", "pixel"];
const SEED = 7;

/** @type {import("../learn/contents.js").LessonModule["mount"]} */
export function mount(figure, context) {
  const { t, base, observed } = context;
  const model = choice({
    name: "model", label: t("similar.model"), options: MODELS.map((name) => [name, t(`similar.model.${name}`)]),
    value: MODELS[0], onChange: (chosen) => start(chosen),
  });
  const said = h("p", { class: "mx-lesson-said", role: "status", "data-testid": "said" });
  const again = h("button", { class: "mx-button", type: "button", "data-testid": "again", onclick: () => start() },
    t("similar.again"));
  figure.append(model.element, said);
  const rows = new PairOfRows(figure, t, NEAREST, judge);
  const scores = new Scores(figure, t);
  figure.append(h("div", {}, again));
  let name = MODELS[0], games = 0, turn = null, started = null;
  /** @type {{api: Api, labels: Uint8Array, hasImages: boolean, samples: number[], judged: Object<string, number>,
   *   round: number, order: string[]}|null} */
  let game = null;

  /** A new game: other samples, nothing judged. @param {string} [chosen] another model */
  function start(chosen = name) {
    name = chosen;
    started = begin();
  }

  async function begin() {
    const mine = (turn = Symbol(name));
    game = null;
    scores.hide();
    rows.clear();
    said.textContent = t("similar.wait");
    try {
      const api = new Api(base, name);
      const card = await api.model();
      const labels = await api.labels();
      const samples = drawn(seeded(SEED + (games += 1)), labels.length, SCORED);
      if (mine !== turn) return;
      game = {
        api, labels, samples, hasImages: card.has_images, judged: { latent: 0, pixel: 0 }, round: 0, order: [],
      };
      await show(mine, 0);
    } catch {
      if (mine === turn) said.textContent = t("similar.failed");
    }
  }

  /** The pair of rows of a round, which is on once they are here. @param {symbol} mine @param {number} round */
  async function show(mine, round) {
    const { api, samples } = game;
    const sample = samples[round];
    const lists = await nearest(game, sample);
    await picturesOf(api).load([sample, ...lists.latent, ...lists.pixel]);
    if (mine !== turn) return;
    game.round = round;
    game.order = Math.random() < 0.5 ? SPACES : [...SPACES].reverse();
    said.textContent = t("similar.round", { round: round + 1, rounds: ROUNDS });
    rows.show(picturesOf(api), sample, game.order.map((space) => lists[space]));
  }

  /** What does not come leaves the round as it was, to be judged again. @param {number} row that fits better */
  async function judge(row) {
    const mine = turn;
    const { judged, order, round } = game;
    judged[order[row]] += 1;
    try {
      if (round + 1 < ROUNDS) await show(mine, round + 1);
      else await finish(mine);
    } catch {
      if (mine !== turn) return;
      judged[order[row]] -= 1;
      lost();
    }
  }

  function lost() {
    said.textContent = t("similar.lost");
    rows.open();
  }

  /** What the class says of both ways, over more samples than were judged. @param {symbol} mine */
  async function finish(mine) {
    const { samples, labels, judged, order, hasImages } = game;
    const shares = { latent: [], pixel: [] };
    for (const [at, sample] of samples.entries()) {
      said.textContent = t("similar.scoring", { done: at, all: samples.length });
      const lists = await nearest(game, sample);
      if (mine !== turn) return;
      for (const space of SPACES) shares[space].push(shareOf(lists[space], labels, labels[sample]));
    }
    const [latent, pixel] = SPACES.map((space) => mean(shares[space]));
    const chance = mean(samples.map((sample) => chanceOf(labels, sample)));
    if (order.length) rows.name(order.map((space) => t(`similar.space.${space}`)));
    scores.show({ latent, pixel, chance }, judged);
    const values = Object.fromEntries(Object.entries({ latent, pixel, chance }).map(([key, share]) =>
      [key, Math.round(100 * share)]));
    said.textContent = t(hasImages ? "similar.done" : "similar.done.decoded", { count: samples.length, k: NEAREST });
    observed(answerOf(values.latent, values.pixel), values);
  }

  /** The rest of the rounds without a judgement, then the scores. */
  async function demonstrate() {
    await started;
    if (!game) return;
    const mine = (turn = Symbol("shown"));
    rows.stop();
    try {
      await finish(mine);
    } catch {
      if (mine === turn) lost();
    }
  }

  start();
  return { demonstrate, dispose: () => { turn = null; } };
}

/**
 * @param {{api: Api, hasImages: boolean}} game @param {number} sample
 * @returns {Promise<Object<string, number[]>>} the samples nearest to it, by space
 */
async function nearest({ api, hasImages }, sample) {
  const { latent } = await api.sample(sample);
  const original = hasImages ? sample : null;
  const asked = { k: NEAREST, metric: "euclidean", spaces: SPACES, without: sample, original };
  const { beside, ...first } = await api.nearest(latent, asked);
  const of = ({ neighbours }) => neighbours.map(({ index }) => index);
  return { latent: of(first), pixel: of(beside.pixel) };
}
