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
    this.addUpload = h("button", {
      class: "mx-button mx-walk-upload", type: "button", title: t("walk.upload.help"), "data-testid": "walk-upload",
      onclick: () => walk.add(stopOfUpload(context)),
    });
    this.element = h("div", { class: "mx-walk-row" }, this.list, this.addProbe, this.addClass, this.addUpload);
    this.leaving = new AbortController();
    context.overlay.addEventListener("star", () => this.offer(), { signal: this.leaving.signal });
    this.show();
    this.offer();
  }

  /** The uploaded picture, by its name, where one is at hand. */
  offer() {
    const { landed } = this.context.overlay;
    this.addUpload.hidden = !landed;
    this.addUpload.textContent = landed ? `+ ${landed.name}` : "";
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
    for (const control of [this.addProbe, this.addClass, this.addUpload]) control.disabled = this.walk.full;
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
  nameOf({ kind, index, label, name }) {
    const { t, classLabel } = this.context;
    if (name) return name;
    if (kind === "sample") return `${classLabel(label)} #${index}`;
    return t(`walk.stop.${kind}`, { name: label === undefined ? "" : classLabel(label) });
  }

  dispose() {
    this.leaving.abort();
  }
}

/** The probe's place as a stop. @param {Context} context @returns {Stop} */
export function stopHere({ probe }) {
  const point = Array.from(probe.position);
  const { kind, index, label, name, picture } = probe.anchor;
  if (!probe.atAnchor()) return { asked: { z: Array.from(probe.latent) }, point, kind: "place" };
  if (kind === "sample") return { asked: { sample: index }, point, kind, index, label };
  return { asked: { z: Array.from(probe.latent) }, point, kind, name, picture };
}

/** Where the uploaded picture lies, named as its file. @param {Context} context @returns {Stop} */
function stopOfUpload({ overlay, probe }) {
  const { latent, name, picture } = overlay.landed;
  return { asked: { z: latent }, point: Array.from(probe.toPosition(latent)), kind: "upload", name, picture };
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
