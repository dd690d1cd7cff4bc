/** The stops of a walk as a list: go to each, put it where the probe is, take it out, add another. */

import { h, icon } from "../core/dom.js";
import { LETTERS } from "./walk.js";

/** @typedef {import("./walk.js").Stop} Stop @typedef {import("../explore/panel_list.js").Context} Context */

export class StopList {
  /** @param {Context} context @param {import("./walk.js").Walk} walk @param {(at: number) => void} visit a stop */
  constructor(context, walk, visit) {
    const { t, card, classLabel } = context;
    this.context = context;
    this.walk = walk;
    this.visit = visit;
    this.list = h("ol", { class: "mx-walk-stops", "aria-label": t("walk.stops") });
    this.addProbe = h("button", {
      class: "mx-button", type: "button", title: t("walk.add.help"), "data-testid": "walk-add",
      onclick: () => walk.add(stopHere(context)),
    }, `+ ${t("walk.add")}`);
    this.addClass = h("select", {
      class: "mx-button mx-walk-select", title: t("walk.class.help"), "aria-label": t("walk.class"),
      "data-testid": "walk-class", onchange: () => this.chooseClass(),
    }, h("option", { value: "" }, `+ ${t("walk.class")}`),
    ...card.classes.map((_, label) => h("option", { value: label }, classLabel(label))));
    this.element = h("div", { class: "mx-walk-row" }, this.list, this.addProbe, this.addClass);
    this.show();
  }

  chooseClass() {
    const label = Number(this.addClass.value);
    this.addClass.value = "";
    const stop = classMean(this.context, label);
    if (stop) this.walk.add(stop);
  }

  show() {
    const focused = Array.from(this.list.children).findIndex((item) => item.contains(document.activeElement));
    this.list.replaceChildren(...this.walk.stops.map((stop, at) => this.item(stop, at)));
    this.addProbe.disabled = this.addClass.disabled = this.walk.full;
    if (focused < 0) return;
    const next = this.list.children[Math.min(focused, this.list.children.length - 1)];
    /** @type {HTMLElement} */ (next?.querySelector("button") ?? this.addProbe).focus();
  }

  /** @param {Stop} stop @param {number} at */
  item(stop, at) {
    const { t } = this.context;
    const letter = LETTERS[at];
    const button = (name, run, ...inside) => h("button", {
      type: "button", class: `mx-walk-${name}`, title: t(`walk.${name}.help`, { letter }),
      "aria-label": t(`walk.${name}.help`, { letter }), "data-testid": `walk-${name}`, onclick: run,
    }, ...inside);
    const name = h("button", {
      type: "button", class: "mx-walk-name", title: t("walk.go.help", { letter }), "data-testid": "walk-go",
      onclick: () => this.visit(at),
    }, h("strong", {}, letter), h("span", {}, this.nameOf(stop)));
    return h("li", { class: "mx-walk-stop", "data-testid": "walk-stop" }, name,
      button("here", () => this.walk.replace(at, stopHere(this.context)), icon("centre")),
      button("remove", () => this.walk.remove(at), "×"));
  }

  /** @param {Stop} stop */
  nameOf({ kind, index, label }) {
    const { t, classLabel } = this.context;
    if (kind === "sample") return `${classLabel(label)} #${index}`;
    return t(`walk.stop.${kind}`, { name: label === undefined ? "" : classLabel(label) });
  }
}

/** The probe's place as a stop. @param {Context} context @returns {Stop} */
export function stopHere({ probe }) {
  const point = Array.from(probe.position);
  const { kind, index, label } = probe.anchor;
  if (probe.atAnchor() && kind === "sample") return { asked: { sample: index }, point, kind, index, label };
  return { asked: { z: Array.from(probe.latent) }, point, kind: probe.atAnchor() ? kind : "place" };
}

/** The mean of a class; null for one without samples. @param {Context} context @param {number} label */
export function classMean({ card, probe }, label) {
  const mean = card.class_means[label];
  if (!mean) return null;
  const point = Array.from(probe.toPosition(mean));
  return /** @type {Stop} */ ({ asked: { class: label }, point, kind: "class", label });
}

/** A stop to begin with: the class mean that lies farthest from the probe. @param {Context} context */
export function farClassMean(context) {
  const means = context.card.classes.map((_, label) => classMean(context, label)).filter(Boolean);
  const far = ({ point }) => Math.hypot(...point.map((value, axis) => value - context.probe.position[axis]));
  return means.reduce((best, each) => (far(each) > far(best) ? each : best));
}
