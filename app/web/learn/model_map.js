/**
 * A model of three numbers in a lesson: its cloud with a probe to drag, what is decoded there while the hand moves, how
 * dense the training data are around it, and a slider for each number.
 */

import { Api } from "../core/api.js";
import { classColour } from "../core/figures.js";
import { h } from "../core/dom.js";
import { picturesOf } from "../core/pictures.js";
import { NearestFeed } from "../explore/feed.js";
import { Gauge, placeOf } from "../explore/gauge.js";
import { moveByKeys } from "../explore/keys.js";
import { Probe } from "../explore/probe.js";
import { Sliders } from "../explore/sliders.js";
import { DecodeStream } from "../explore/stream.js";
import { Handle, PlumbLine, Star } from "../view/layers.js";
import { View } from "../view/view.js";
import { DecodedPicture } from "./decoded.js";

const AXES = ["z1", "z2", "z3"];

/** Events: `nearest` (detail: a Found of explore/feed.js) while the probe moves. */
export class ModelMap extends EventTarget {
  /**
   * @param {HTMLElement} slot @param {string} model its name @param {string} title above it
   * @param {Pick<import("./contents.js").LessonContext, "t"|"base"|"language"|"classLabel"|"palette">} context
   * @param {number} k how many of the nearest samples are asked for
   */
  constructor(slot, model, title, context, k) {
    super();
    this.context = context;
    this.abort = new AbortController();
    this.stage = h("div", { class: "mx-stage", tabindex: 0, role: "group", "data-testid": `map-${model}` });
    this.below = h("div", { class: "mx-map-below" });
    this.classes = h("div", { class: "mx-map-classes" });
    this.element = h("section", { class: "mx-map", "data-model": model },
      h("h3", { class: "mx-map-title" }, title), this.stage, this.classes, this.below);
    slot.append(this.element);
    this.api = new Api(context.base, model);
    /** @type {{dispose: () => void}[]} */
    this.parts = [];
    /** @type {Promise<boolean>} settled when it can be moved; false where it could not be loaded, or has gone */
    this.ready = this.begin(k).catch(() => this.fail());
  }

  get gone() {
    return this.abort.signal.aborted;
  }

  /** @param {number} k */
  async begin(k) {
    const { api, context: { t, language, palette } } = this;
    const card = (this.card = await api.model());
    const [points, labels] = await Promise.all([api.points(() => {}), api.labels()]);
    if (this.gone) return false;
    this.labels = labels;
    this.stage.setAttribute("aria-label", t("learn.map.label", { model: card.title[language] }));
    this.probe = new Probe(card, api, card.ranges);
    this.stream = new DecodeStream(api.decodeUrl());
    const choice = { k, near: "latent", metric: "euclidean" };
    this.feed = new NearestFeed(api, this.probe, picturesOf(api), choice);
    this.view = new View(this.stage, { points, labels, limits: card.ranges, palette, axes: AXES });
    this.addLayers();
    const shared = { t, card, axes: AXES, probe: this.probe, feed: this.feed };
    const picture = new DecodedPicture(this.below, t);
    const side = h("div", { class: "mx-map-side" });
    this.below.append(side);
    this.parts.push(new Gauge(side, shared), new Sliders(side, shared), this.feed, this.probe, this.view);
    this.classes.append(...card.classes.map((name, label) => this.classOf(name, label)));
    this.listen(picture);
    await this.probe.goToSample(card.start);
    return !this.gone;
  }

  addLayers() {
    const { probe, view } = this;
    const here = () => probe.position;
    const grip = {
      point: here, hold: (held) => probe.hold(held), moveTo: (point, time) => probe.moveByHand(point, time),
    };
    view.add(new PlumbLine(here, view.limits[2][0]));
    view.add(new Star(() => (probe.anchor.kind === "sample" ? probe.anchor.position : null), "surface", here));
    view.add(new Handle(grip));
  }

  /** @param {DecodedPicture} picture */
  listen(picture) {
    const { probe, stream, view, feed } = this;
    const on = (target, name, run) => target.addEventListener(name, run, { signal: this.abort.signal });
    on(probe, "move", () => { stream.send(probe.latent, probe.inputTime); view.layers.drawSoon(); });
    on(stream, "image", ({ detail }) => picture.paint(detail.pixels));
    on(view, "pick", ({ detail: { index } }) => index >= 0 && probe.goToSample(index));
    on(feed, "nearest", ({ detail }) => {
      picture.mark(placeOf(detail.answer.density.percentile) === "off");
      this.dispatchEvent(new CustomEvent("nearest", { detail }));
    });
    moveByKeys(this.stage, probe, () => view.centre(probe.position), this.abort.signal);
  }

  /** @param {string} name @param {number} label */
  classOf(name, label) {
    const background = classColour(label, this.context);
    return h("span", { class: "mx-map-class" },
      h("span", { class: "mx-dot", style: { background } }), this.context.classLabel(name));
  }

  fail() {
    if (!this.gone) this.below.replaceChildren(h("p", { class: "mx-note", role: "alert" },
      this.context.t("learn.unloaded")));
    return false;
  }

  /** @param {import("../core/theme.js").ThemeColours} theme */
  recolour(theme) {
    this.view?.setTheme(theme);
  }

  dispose() {
    this.abort.abort();
    for (const part of this.parts) part.dispose();
    this.stream?.close();
    this.element.remove();
  }
}
