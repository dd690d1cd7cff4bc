/** The walk below the scene: its stops, its controls, its pictures; and its line in the cloud. */

import { h, oncePerFrame } from "../core/dom.js";
import { download } from "../core/download.js";
import { Controls } from "./controls.js";
import { pictureOf, tableOf } from "./files.js";
import { facing } from "./facing.js";
import { StopMark, WayLine } from "./layers.js";
import { Player } from "./player.js";
import { farClassMean, stopHere, StopList } from "./stops.js";
import { Strip } from "./strip.js";

export class WalkPanel {
  /**
   * @param {HTMLElement} slot @param {import("../explore/panel_list.js").Context} context
   * @param {import("./walk.js").Walk} walk @param {import("../view/view.js").View} view
   */
  constructor(slot, context, walk, view) {
    const { t, probe } = context;
    this.context = context;
    this.walk = walk;
    this.view = view;
    walk.facing = (point, radius) => facing(view, point, radius);
    this.abort = new AbortController();
    this.player = new Player(walk, probe);
    this.strip = new Strip(context, walk, this.player);
    this.stops = new StopList(context, walk, (at) => this.visit(at));
    this.controls = new Controls(context, walk, this.player, this.files());
    this.note = h("p", { class: "mx-note", role: "status", "data-testid": "walk-note" });
    this.element = h("div", { class: "mx-walk-inner" },
      this.stops.element, this.controls.element, this.strip.element, this.note);
    slot.append(this.element);
    this.line = view.add(new WayLine(() => walk.way?.points ?? []), context.overlay.handle);
    /** @type {StopMark[]} */
    this.marks = [];
    this.listen();
    if (!walk.stops.length) walk.change([stopHere(context), farClassMean(context)]);
    this.showStops();
    this.showWay();
  }

  listen() {
    const { signal } = this.abort;
    const on = (target, name, run) => target.addEventListener(name, run, { signal });
    this.listSoon = oncePerFrame(() => { this.stops.show(); this.controls.show(); });
    on(this.walk, "stops", () => this.showStops());
    on(this.walk, "way", () => this.showWay());
    on(this.walk, "trouble", ({ detail }) => this.explain(this.context.t("walk.failed", { reason: detail.message })));
    on(this.player, "move", () => this.strip.follow());
    on(this.player, "state", () => this.controls.show());
  }

  showStops() {
    this.explain();
    this.listSoon();
    const { probe } = this.context;
    const hand = {
      hold: (held) => { if (held) this.player.pause(); },
      adjust: (point) => probe.adjust?.(point) ?? point, // as the probe's
    };
    for (let at = this.marks.length; at < this.walk.stops.length; at += 1) {
      this.marks.push(this.view.add(new StopMark(this.walk, at, hand), this.context.overlay.handle));
    }
    while (this.marks.length > this.walk.stops.length) this.view.remove(this.marks.pop());
    this.view.layers.drawSoon();
  }

  showWay() {
    this.view.layers.drawSoon();
    this.controls.show();
    this.explain();
    this.strip.show().catch(() => this.explain(this.context.t("walk.failed", { reason: "" })));
  }

  /** @param {string|void} [problem] @param {string} [news] */
  explain(problem = "", news = "") {
    const { walk, context: { t } } = this;
    this.note.textContent = problem || news || (walk.ready ? "" : t("walk.empty"));
    this.note.classList.toggle("mx-note-problem", Boolean(problem));
    this.note.hidden = !this.note.textContent;
  }

  /** @param {number} at a stop */
  visit(at) {
    const { way, stops } = this.walk;
    const { kind, index, point } = stops[at];
    const onWay = way ? way.stops.indexOf(stops[at]) : -1;
    if (kind === "sample") this.context.probe.goToSample(index);
    else if (onWay >= 0) this.player.seek(way.at[onWay]);
    else this.context.probe.moveTo(point);
  }

  /** @returns {Object<string, () => void>} what saves each file */
  files() {
    const { card, axes } = this.context;
    const name = (kind) => `${card.name}-walk.${kind}`;
    return {
      png: async () => download(await pictureOf(this.strip.tiles, this.strip.fades), name("png")),
      gif: () => this.film("gif", name("gif")),
      mp4: () => this.film("mp4", name("mp4")),
      csv: () => download(new Blob([tableOf(this.walk.way, axes)], { type: "text/csv" }), name("csv")),
    };
  }

  /** Drawn by the server, behind all else. @param {string} format @param {string} name of the file */
  async film(format, name) {
    const { t, api, language } = this.context;
    this.controls.wait(true);
    this.explain("", t("walk.making"));
    const problem = await api.walkFilm(format, this.walk.body, this.view.theme.dark, language, this.abort.signal).then(
      (file) => download(file, name), (error) => t("walk.failed", { reason: error.message }));
    if (this.abort.signal.aborted) return;
    this.controls.wait(false);
    this.explain(problem);
  }

  dispose() {
    this.abort.abort();
    this.listSoon.cancel();
    this.player.dispose();
    this.stops.dispose();
    for (const layer of [this.line, ...this.marks]) this.view.remove(layer);
    this.element.remove();
  }
}
