/**
 * The manifold hypothesis: few numbers tau, bent into a space of many dimensions, and four methods that try to find
 * them again. Points are drawn here, under the hand; the methods run on the server, one after another.
 */

import { h } from "../core/dom.js";
import { readTheme } from "../core/theme.js";
import { choice, slider } from "../learn/inputs.js";
import { View } from "../view/view.js";
import { FitCards, fitted, METHODS } from "./manifold_fits.js";
import { MANIFOLDS, sample } from "./manifold_numbers.js";
import { Sweep } from "./manifold_sweep.js";
import { DigitsWalk } from "./manifold_walk.js";

export const formula = `
  <mi mathvariant="bold">x</mi><mo>=</mo><mi>f</mi><mo stretchy="false">(</mo><mi mathvariant="bold">τ</mi>
  <mo stretchy="false">)</mo><mo>+</mo><mi mathvariant="bold">ε</mi><mo>,</mo>
  <mspace width="0.5em"/><mi>f</mi><mo>:</mo>
  <msup><mi mathvariant="double-struck">R</mi><mi>d</mi></msup><mo>→</mo>
  <msup><mi mathvariant="double-struck">R</mi><mi>m</mi></msup><mo>,</mo>
  <mi>d</mi><mo>≪</mo><mi>m</mi>`;
export const symbols = [
  ["x", '<mi mathvariant="bold">x</mi>'],
  ["tau", '<mi mathvariant="bold">τ</mi>'],
  ["f", "<mi>f</mi>"],
  ["epsilon", '<mi mathvariant="bold">ε</mi>'],
  ["d", "<mi>d</mi>"],
  ["m", "<mi>m</mi>"],
];
export const choices = ["isomap", "pca", "both", "neither"];

const SPACES = [3, 4, 8, 16, 32, 64];
const COUNTS = [100, 200, 300, 500, 1000, 2000];
const STEP = 0.01; // of the noise
const ASKED = { shape: "swiss", n: 1000, m: 3, sigma: 0.02 };
const CLEAN = 0.05; // noise up to which, and samples from which on the question is answered
const FOUND = 0.9; // R from which on a method has found tau
const COLOURS = 48;
const RAMP = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]]; // viridis
const LIMITS = [[-2.6, 2.6], [-2.6, 2.6], [-2.6, 2.6]];

/** @type {import("../learn/contents.js").LessonModule["mount"]} */
export function mount(figure, context) {
  const { t, observed, base } = context;
  const settings = { ...ASKED };
  /** @type {View|null} */
  let view = null;
  let drawn = sample(settings);
  /** @type {AbortController|null} */
  let running = null;
  const shapes = choice({
    name: "shape", label: t("manifold.shape"), value: settings.shape,
    options: Object.keys(MANIFOLDS).map((name) => [name, t(`manifold.shape.${name}`)]),
    onChange: (shape) => change({ shape }),
  });
  const places = slider({
    name: "m", label: t("manifold.m"), min: 0, max: SPACES.length - 1, value: 0, said: (at) => String(SPACES[at]),
    onInput: (at) => change({ m: SPACES[at] }),
  });
  const noise = slider({
    name: "sigma", label: t("manifold.noise"), min: 0, max: 0.3, step: STEP, value: settings.sigma,
    said: (value) => value.toFixed(2), onInput: (sigma) => change({ sigma }),
  });
  const count = slider({
    name: "n", label: t("manifold.samples"), min: 0, max: COUNTS.length - 1, value: COUNTS.indexOf(settings.n),
    said: (at) => COUNTS[at].toLocaleString("en"), onInput: (at) => change({ n: COUNTS[at] }),
  });
  const stage = h("div", {
    class: "mx-manifold-view", role: "img", "aria-label": t("manifold.view"), "data-testid": "cloud",
  });
  const said = h("p", { class: "mx-manifold-said", role: "status", "data-testid": "said" });
  const button = h("button", {
    class: "mx-button mx-button-primary", type: "button", "data-testid": "recover", onclick: () => press(),
  }, t("manifold.recover"));
  const cards = new FitCards(context, { colours: ramp(), labelsOf, chosen: () => colour() });
  const more = h("div", { class: "mx-manifold-more" });
  const controls = [places.element, noise.element, count.element];
  figure.append(
    shapes.element, h("div", { class: "mx-manifold-inputs" }, ...controls),
    h("div", { class: "mx-manifold-row" }, stage,
      h("div", { class: "mx-manifold-found" }, button, cards.element)),
    said, more);
  const sweep = new Sweep(more, context, { settings, set: steer, fit: run, stop: halt });
  const walk = new DigitsWalk(context);
  more.append(walk.element);

  /** @param {Partial<typeof settings>} changed */
  function change(changed) {
    halt();
    const { n } = drawn;
    Object.assign(settings, changed);
    drawn = sample(settings);
    cards.clear();
    if (n !== drawn.n) build();
    sweep.draw();
    tell();
  }

  /** Another number of points takes another view, seen from the same place. */
  function build() {
    const camera = view?.camera;
    view?.dispose();
    view = new View(stage, {
      points: drawn.seen, labels: labelsOf(drawn.tau[0]), limits: LIMITS, palette: ramp(),
      shown: Array(COLOURS).fill(true), axes: ["x1", "x2", "x3"], theme: context.theme(), camera,
    });
  }

  function colour() {
    if (!view) return;
    const fit = cards.pressed && cards.fits[cards.pressed];
    const labels = labelsOf(fit ? fit.read : drawn.tau[0]);
    if (labels.length !== view.labels.length) return;
    view.labels.set(labels);
    view.setPoints(drawn.seen);
    tell();
  }

  function tell(error = "") {
    const { closed, d } = MANIFOLDS[settings.shape];
    const seen = t(settings.m > 3 ? "manifold.seen.span" : "manifold.seen.all", { d, m: settings.m });
    const by = cards.pressed
      ? t("manifold.coloured.read", { method: t(`manifold.method.${cards.pressed}`) }) : t("manifold.coloured.true");
    said.textContent = error || [seen, by, closed && t("manifold.closed")].filter(Boolean).join(" ");
  }

  /** As a hand would. @param {"sigma"|"n"} axis @param {number} value */
  function steer(axis, value) {
    if (axis === "sigma") noise.set(value);
    else count.set(COUNTS.indexOf(value));
  }

  function press() {
    if (running) sweep.stop();
    else run(METHODS);
  }

  function halt() {
    running?.abort();
    running = null;
    cards.rest();
    button.textContent = t("manifold.recover");
  }

  /** @param {string[]} methods @returns {Promise<boolean>} whether all of them were computed */
  async function run(methods, told = (/** @type {number} */ _) => {}) {
    halt();
    const mine = (running = new AbortController());
    button.textContent = t("manifold.stop");
    for (const method of methods) {
      cards.begin(method);
      try {
        const fit = await fitted(base, method, drawn, mine.signal, {
          wait: () => mine === running && cards.wait(method), go: () => mine === running && cards.begin(method),
        });
        if (mine.signal.aborted) return false;
        cards.show(method, fit, drawn);
        sweep.add(settings, method, fit.r[0]);
        check();
        told(1);
      } catch (error) {
        if (mine.signal.aborted) return false;
        halt();
        tell(error.message);
        return false;
      }
    }
    halt();
    return true;
  }

  function check() {
    const [pca, isomap] = ["pca", "isomap"].map((method) => cards.fits[method]?.r[0]);
    const { shape, sigma, n } = settings;
    if (shape !== "swiss" || sigma > CLEAN || n < ASKED.n || pca === undefined || isomap === undefined) return;
    const answer = isomap < FOUND ? (pca < FOUND ? "neither" : "pca") : (pca < FOUND ? "isomap" : "both");
    observed(answer, { pca: pca.toFixed(2), isomap: isomap.toFixed(2), n: String(n), noise: sigma.toFixed(2) });
  }

  build();
  tell();
  return {
    demonstrate: () => {
      sweep.stop();
      shapes.set(ASKED.shape);
      places.set(SPACES.indexOf(ASKED.m));
      noise.set(ASKED.sigma);
      count.set(COUNTS.indexOf(ASKED.n));
      return void run(METHODS);
    },
    recolour: () => {
      view.setTheme(readTheme(figure));
      sweep.chart.draw();
    },
    dispose: () => {
      sweep.dispose();
      halt();
      for (const part of [view, cards, walk]) part.dispose();
    },
  };
}

/** @returns {string[]} "#rrggbb" from low to high, even in lightness */
function ramp() {
  return Array.from({ length: COLOURS }, (_, at) => {
    const place = (at / (COLOURS - 1)) * (RAMP.length - 1);
    const below = Math.min(RAMP.length - 2, Math.floor(place));
    const channels = RAMP[below].map((from, c) => Math.round(from + (place - below) * (RAMP[below + 1][c] - from)));
    return `#${channels.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
  });
}

/** @param {ArrayLike<number>} values @returns {Uint8Array} which colour each has */
function labelsOf(values) {
  const all = Float64Array.from(values);
  const low = all.reduce((a, b) => Math.min(a, b)), high = all.reduce((a, b) => Math.max(a, b));
  return Uint8Array.from(all, (value) => Math.round(((COLOURS - 1) * (value - low)) / (high - low || 1)));
}
