/** Real pictures: from one digit to another along the manifold that three numbers span, and the plain cross-fade. */

import { Api } from "../core/api.js";
import { h, icon } from "../core/dom.js";
import { faded, joined, tilesOf } from "../walks/tiles.js";

const MODEL = "digits";
const STEPS = 13;
const FIRST = [[0, 6], [3, 8], [1, 9], [7, 4]]; // classes of the first pairs

export class DigitsWalk {
  /** @param {import("../learn/contents.js").LessonContext} context */
  constructor({ t, base }) {
    this.t = t;
    this.api = new Api(base, MODEL);
    this.turn = 0;
    const picture = (name) => h("img", {
      class: "mx-pixelated mx-digits-strip", alt: "", "data-testid": `digits-${name}`,
    });
    this.walked = picture("walk");
    this.crossed = picture("fade");
    this.said = h("span", { class: "mx-digits-said", role: "status" });
    this.element = h("div", { class: "mx-digits" },
      h("div", { class: "mx-digits-head" }, h("b", {}, t("manifold.digits")), h("button", {
        class: "mx-button mx-button-icon", type: "button", title: t("manifold.pair"), "aria-label": t("manifold.pair"),
        "data-testid": "digits-pair", onclick: () => this.show(this.turn + 1),
      }, icon("dice"))),
      h("span", {}, t("manifold.walked")), this.walked, h("span", {}, t("manifold.crossed")), this.crossed, this.said);
    this.begin();
  }

  async begin() {
    try {
      await this.api.model();
      this.labels = await this.api.labels();
      await this.show(0);
    } catch (error) {
      this.said.textContent = /** @type {Error} */ (error).message;
    }
  }

  /** @param {number} turn the pairs of classes come in turn, with other samples in each round */
  async show(turn) {
    if (!this.labels) return;
    this.turn = turn;
    const stops = FIRST[turn % FIRST.length].map((label) => this.sampleOf(label, Math.floor(turn / FIRST.length)));
    const body = { kind: "manifold", steps: STEPS, stops: stops.map((sample) => ({ sample })) };
    try {
      const way = await this.api.walk(body);
      const ends = await Promise.all(stops.map(async (stop) => (await tilesOf(this.api.imageUrl(stop), 1))[0]));
      if (turn !== this.turn || this.gone) return;
      const [from, to] = FIRST[turn % FIRST.length];
      this.walked.src = way.strip;
      this.crossed.src = joined(faded(ends, [0, STEPS - 1])).toDataURL();
      this.walked.alt = this.t("manifold.walked.alt", { from, to });
      this.crossed.alt = this.t("manifold.crossed.alt", { from, to });
      this.said.textContent = "";
    } catch (error) {
      this.said.textContent = /** @type {Error} */ (error).message;
    }
  }

  /** @param {number} label @param {number} round @returns {number} the sample of that class that is due */
  sampleOf(label, round) {
    const own = Array.from(this.labels.keys()).filter((at) => this.labels[at] === label);
    return own[round % own.length];
  }

  dispose() {
    this.gone = true;
  }
}
