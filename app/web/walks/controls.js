/** How the walk goes, and how the probe goes along it; and the files to take away. */

import { h, icon } from "../core/dom.js";
import { SPEEDS } from "./player.js";
import { FREE, LETTERS, RADII, SEED_MOST, STEPS } from "./walk.js";

export class Controls {
  /**
   * @param {import("../explore/panel_list.js").Context} context @param {import("./walk.js").Walk} walk
   * @param {import("./player.js").Player} player @param {Object<string, () => void>} files what saves each, by its name
   */
  constructor({ t, card }, walk, player, files) {
    this.t = t;
    this.walk = walk;
    this.player = player;
    const kinds = ["straight", ...(card.config.network.variational ? ["spherical"] : []), "manifold", ...FREE];
    this.kinds = h("div", { class: "mx-walk-kinds", role: "radiogroup", "aria-label": t("walk.kind") },
      ...kinds.map((kind) => this.kind(kind)));
    this.steps = this.select("steps", STEPS, walk.steps, (value) => t("walk.steps.some", { steps: value }),
      (value) => walk.set({ steps: value }));
    this.from = this.select("from", [], 0, String, (value) => walk.set({ from: value }));
    this.radius = this.number("radius", "range", { min: RADII.least, max: RADII.most, step: 1, value: walk.radius });
    this.seed = this.number("seed", "number", { min: 0, max: SEED_MOST, step: 1, value: walk.seed });
    this.play = this.button("play", "play", () => player.toggle(), "mx-button-primary");
    this.speed = this.select("speed", SPEEDS, player.speed, (value) => `${value} ×`,
      (value) => player.set({ speed: value }));
    this.loop = this.button("loop", "loop", () => player.set({ loop: !player.loop }));
    this.files = Object.entries(files).map(([name, save]) => h("button", {
      class: "mx-button mx-walk-file", type: "button", title: t(`walk.save.${name}`), "data-testid": `walk-${name}`,
      onclick: save,
    }, name.toUpperCase()));
    const group = (...inside) => h("div", { class: "mx-walk-group" }, ...inside);
    this.element = h("div", { class: "mx-walk-row" }, group(this.kinds, this.steps),
      group(this.from, this.radius, this.seed),
      group(this.play, this.speed, this.loop), group(icon("save"), ...this.files));
    this.show();
  }

  /** @param {string} kind */
  kind(kind) {
    const input = h("input", {
      type: "radio", name: "mx-walk-kind", value: kind, checked: kind === this.walk.kind,
      "data-testid": `walk-${kind}`, onchange: () => this.walk.set({ kind }),
    });
    return h("label", { title: this.t(`walk.kind.${kind}.help`) }, input, h("span", {}, this.t(`walk.kind.${kind}`)));
  }

  button(name, drawing, run, more = "") {
    return h("button", {
      class: `mx-button mx-button-icon ${more}`, type: "button", title: this.t(`walk.${name}.help`),
      "aria-label": this.t(`walk.${name}`), "data-testid": `walk-${name}`, onclick: run,
    }, icon(drawing));
  }

  select(name, values, chosen, said, choose) {
    return h("select", {
      class: "mx-button mx-walk-select", title: this.t(`walk.${name}.help`), "aria-label": this.t(`walk.${name}`),
      "data-testid": `walk-${name}`, onchange: (event) => choose(Number(event.target.value)),
    }, ...values.map((value) => h("option", { value, selected: value === chosen }, said(value))));
  }

  /**
   * What a free walk is told beside its stop.
   * @param {"radius"|"seed"} name @param {string} type of the field @param {Object<string, number>} bounds
   */
  number(name, type, bounds) {
    const input = h("input", {
      type, ...bounds, class: `mx-walk-${name}`, "data-testid": `walk-${name}`,
      oninput: () => input.validity.valid && input.value !== "" && this.walk.set({ [name]: input.valueAsNumber }),
      onblur: () => { input.value = String(this.walk[name]); },
    });
    return h("label", { class: "mx-walk-number", title: this.t(`walk.${name}.help`) }, this.t(`walk.${name}`), input);
  }

  /** The stops that a free walk may be about. */
  offer() {
    const { stops, centre } = this.walk;
    const said = (letter) => this.t(`walk.from.${this.walk.kind}`, { letter });
    this.from.replaceChildren(...stops.map((stop, at) => (
      h("option", { value: at, selected: stop === centre }, said(LETTERS[at]))
    )));
  }

  /** @param {boolean} busy a film is being made: one at a time */
  wait(busy) {
    this.busy = busy;
    this.show();
  }

  /** What can be done now. */
  show() {
    const { playing, loop } = this.player;
    const { kind, free } = this.walk;
    const there = this.walk.way !== null;
    this.from.hidden = !free;
    this.radius.hidden = kind !== "orbit";
    this.seed.hidden = kind !== "random";
    if (free && !this.from.matches(":focus")) this.offer();
    this.play.disabled = !there;
    for (const control of this.files) control.disabled = !there || Boolean(this.busy);
    this.play.replaceChildren(icon(playing ? "pause" : "play"));
    this.play.setAttribute("aria-label", this.t(playing ? "walk.pause" : "walk.play"));
    this.loop.setAttribute("aria-pressed", String(loop));
  }
}
