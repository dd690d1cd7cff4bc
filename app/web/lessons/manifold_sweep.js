/** How well tau is recovered as noise grows or samples thin out: each fit leaves a dot, a sweep makes them in a row. */

import { h } from "../core/dom.js";
import { Chart } from "../learn/chart.js";
import { choice } from "../learn/inputs.js";
import { METHODS } from "./manifold_fits.js";

const QUICK = METHODS.filter((method) => method !== "autoencoder");
export const SWEEPS = { sigma: [0, 0.05, 0.1, 0.15, 0.2, 0.3], n: [2000, 1000, 500, 300, 200, 100] };

/** @typedef {"sigma"|"n"} Axis @typedef {{shape: string, n: number, m: number, sigma: number}} Settings */

export class Sweep {
  /**
   * @param {HTMLElement} slot @param {import("../learn/contents.js").LessonContext} context
   * @param {{settings: Settings, set: (axis: Axis, value: number) => void,
   *   fit: (methods: string[], told: (done: number) => void) => Promise<boolean>, stop: () => void}} lesson `fit` tells
   *   whether all of them were computed
   */
  constructor(slot, context, lesson) {
    const { t } = context;
    this.t = t;
    this.lesson = lesson;
    /** @type {{settings: Settings, method: string, r: number}[]} */
    this.known = [];
    /** @type {Axis} */
    this.axis = "sigma";
    const axes = choice({
      name: "over", label: t("manifold.over"), value: "sigma",
      options: [["sigma", t("manifold.noise")], ["n", t("manifold.samples")]],
      onChange: (/** @type {Axis} */ axis) => { this.axis = axis; this.draw(); },
    });
    this.button = h("button", {
      class: "mx-button", type: "button", "data-testid": "sweep", onclick: () => this.press(),
    }, t("manifold.sweep"));
    this.said = h("span", { class: "mx-sweep-said", role: "status" });
    this.element = h("div", { class: "mx-sweep" },
      h("div", { class: "mx-sweep-controls" }, axes.element, this.button, this.said));
    slot.append(this.element);
    this.chart = new Chart(this.element, {
      title: t("manifold.broken"), x: { title: t("manifold.noise") }, y: { title: "R₁", range: [0, 1.05] },
    }, context);
    this.draw();
  }

  /** @param {Settings} settings @param {string} method @param {number} r */
  add(settings, method, r) {
    this.known = this.known.filter((each) => each.method !== method || !same(each.settings, settings, ""));
    this.known.push({ settings: { ...settings }, method, r });
    this.draw();
  }

  /** What is known of this manifold with all else as it is now. */
  draw() {
    const { axis, lesson, t } = this;
    const here = this.known.filter(({ settings }) => same(settings, lesson.settings, axis));
    const lines = [...QUICK, "autoencoder"].map((method) => {
      const own = here.filter((each) => each.method === method);
      own.sort((one, other) => one.settings[axis] - other.settings[axis]);
      return {
        name: t(`manifold.method.${method}`), x: own.map(({ settings }) => settings[axis]), y: own.map(({ r }) => r),
        dots: true, joined: true,
      };
    });
    const range = /** @type {[number, number]} */ (axis === "sigma" ? [-0.01, 0.31] : [80, 2300]);
    const title = t(axis === "sigma" ? "manifold.noise" : "manifold.samples");
    const values = SWEEPS[axis].map((value) => /** @type {[number, string]} */ ([value, String(value)]));
    this.chart.show(lines, { x: { title, range, log: axis === "n", values } });
  }

  press() {
    if (this.runs) this.stop();
    else this.run();
  }

  stop() {
    this.runs = null;
    this.lesson.stop();
  }

  async run() {
    const mine = (this.runs = Symbol("sweep"));
    const { axis, t } = this;
    const all = SWEEPS[axis].length * QUICK.length;
    const start = performance.now();
    let done = 0;
    this.button.textContent = t("manifold.stop");
    const tell = (/** @type {number} */ more) => {
      done += more;
      const left = done ? Math.ceil(((performance.now() - start) / 1000) * (all / done - 1)) : 2 * all;
      this.said.textContent = t("manifold.sweeping", { done, all, left });
    };
    tell(0);
    for (const value of SWEEPS[axis]) {
      this.lesson.set(axis, value);
      if (!(await this.lesson.fit(QUICK, tell)) || mine !== this.runs) break;
    }
    if (mine === this.runs) this.runs = null;
    if (this.runs) return;
    this.button.textContent = t("manifold.sweep");
    this.said.textContent = "";
  }

  dispose() {
    this.stop();
    this.chart.dispose();
  }
}

/** @param {Settings} one @param {Settings} other @param {Axis|""} axis that may differ */
function same(one, other, axis) {
  return Object.keys(one).every((name) => name === axis || one[name] === other[name]);
}
