/**
 * The Train page's entry: mounts the trainings and their films into Streamlit's component, and keeps them there
 * through reruns.
 *
 * Streamlit calls `mount` again whenever its data or the theme changes; the same element then gets an update, never a
 * new page. What is being trained is state on the server (watch.js asks for it), and which film is shown stands in the
 * address, so a link opens it.
 *
 * For tests: main parts carry `data-testid`; `.mx-root` gets `data-ready="true"` once the list of trainings has come.
 */

import { h, translator } from "../core/dom.js";
import { replaceQuery } from "../core/link_options.js";
import { loadSheets, mounting } from "../core/mounting.js";
import { Notices } from "../core/notices.js";
import { followTheme, PALETTE, readTheme } from "../core/theme.js";
import { ClassPanel } from "./classroom.js";
import { DetailsPanel } from "./details.js";
import { Player } from "./player.js";
import { RunList } from "./runlist.js";
import { StatusPanel } from "./status.js";
import { chosenIn, firstChoice, linkOf, sameFilm } from "./choice.js";
import { Watch } from "./watch.js";

const SHEETS = ["../core/page.css", "../core/side.css", "film.css", "train.css", "classroom.css"];

/**
 * @typedef {{language: string, strings: Object<string, string>, begun: [number, string]|null}} RoomData
 * @typedef {{t: Say, strings: Object<string, string>, language: string, palette: string[], base: string}} Context
 * @typedef {{parentElement: HTMLElement, data: RoomData, setTriggerValue: (name: string, value: *) => void}} Component
 */

export const mount = mounting((parent) => new TrainPage(parent));

class TrainPage {
  /** @param {HTMLElement} parent */
  constructor(parent) {
    /** @type {import("./choice.js").Choice|null|undefined} the film that is looked at; undefined until one is */
    this.choice = undefined;
    this.languageBefore = document.documentElement.lang;
    this.parts = layout();
    this.notices = new Notices(this.parts.notice);
    this.recolour = followTheme(this.parts.root, (theme) => this.player?.recolour(theme));
    this.styled = loadSheets(SHEETS, import.meta.url);
    this.watch = new Watch(new URL("/", location.origin).href);
    this.watch.addEventListener("change", () => this.show());
    this.watch.addEventListener("line", (/** @type {CustomEvent} */ { detail }) => {
      this.notices.set("offline", detail === "online" ? null : this.t("run.offline"));
    });
    parent.append(this.parts.root);
  }

  /** @param {Component} component */
  update({ data, setTriggerValue }) {
    const before = this.data;
    this.data = data;
    this.askForCopy = (name) => setTriggerValue("copy", name);
    document.documentElement.lang = data.language;
    this.turnTo(before, data.begun);
    if (before?.language !== data.language) this.setLanguage(data.strings);
    this.recolour();
    if (!before) this.styled.then(() => this.watch.start());
  }

  /**
   * The page has put a run into the queue: look at it.
   * @param {RoomData|undefined} before @param {RoomData["begun"]} begun
   */
  turnTo(before, begun) {
    const asked = before ? null : chosenIn(location.search);
    if (asked) this.choice = asked;
    else if (begun && begun[0] !== before?.begun?.[0]) this.choice = { kind: "runs", name: begun[1] };
    else return;
    if (before) this.watch.now();
  }

  /** Builds everything that carries words. @param {Object<string, string>} strings */
  setLanguage(strings) {
    this.clear();
    this.t = translator(strings);
    const context = (this.context = {
      t: this.t, strings, language: this.data.language, palette: PALETTE, base: this.watch.base,
    });
    const { parts } = this;
    this.list = new RunList(parts.list, context, (choice) => this.choose(choice));
    const refusal = (error) => this.t("run.refused", { reason: error.detail || error.message });
    const failed = (error) => this.notices.flash("refused", refusal(error));
    this.status = new StatusPanel(parts.status, context, this.watch, { copy: (name) => this.askForCopy(name), failed });
    this.class = new ClassPanel(parts.class, context, this.watch, failed);
    this.details = new DetailsPanel(parts.details, context, this.watch);
    if (this.watch.known) this.show();
  }

  clear() {
    this.leave();
    for (const panel of [this.list, this.class, this.status, this.details]) panel?.dispose();
  }

  /** @param {import("./choice.js").Choice} choice */
  choose(choice) {
    this.choice = choice;
    this.show();
  }

  /** Brings every panel to what the server said last. */
  show() {
    const { watch, parts } = this;
    if (!watch.known) return;
    if (this.choice && !watch.find(this.choice)) this.missing();
    this.choice ??= firstChoice(watch);
    const entry = this.choice && watch.find(this.choice);
    this.list.show(watch.runs, watch.films, this.choice);
    this.class.show(watch.standing);
    this.status.show(entry, watch.standing);
    this.details.show(entry);
    this.play(entry);
    this.address();
    parts.root.dataset.ready = "true";
  }

  /** The chosen run was deleted, here or in another browser, or a link names one that never was. */
  missing() {
    this.notices.flash("gone", this.t("run.gone", { name: this.choice.name }));
    this.choice = null;
  }

  /** @param {import("./watch.js").Entry|null} entry */
  play(entry) {
    const { parts } = this;
    const filmed = entry !== null && entry.filmed;
    for (const part of [parts.controls, parts.film]) part.hidden = !filmed;
    parts.empty.hidden = filmed;
    parts.empty.textContent = this.t(!entry ? "run.nothing" : entry.live ? "run.nofilm" : "run.unfilmed");
    if (filmed && sameFilm(this.shown, entry)) return this.refresh(entry);
    this.leave();
    if (!filmed) return;
    this.shown = entry;
    const context = { ...this.context, theme: readTheme(parts.root), carried: this.carried };
    this.player = new Player(parts, context, { kind: entry.kind, name: entry.name });
    this.player.refresh(entry);
  }

  /** The next film is seen from where this one was. */
  leave() {
    this.carried = this.player?.stage.points ? this.player.carried() : this.carried;
    this.player?.dispose();
    this.player = this.shown = null;
  }

  /** Tells the player of new epochs. @param {import("./watch.js").Entry} entry */
  refresh(entry) {
    const { epoch, state } = this.shown;
    if (entry.epoch === epoch && entry.state === state) return;
    this.shown = entry;
    this.player.refresh(entry);
  }

  address() {
    replaceQuery(linkOf(this.choice, this.data.language));
  }

  dispose() {
    this.watch.dispose();
    this.clear();
    this.notices.clear();
    document.documentElement.lang = this.languageBefore;
    this.parts.root.remove();
  }
}

/** The skeleton: the film left, the trainings right. */
function layout() {
  const box = (name) => h("div", { class: `mx-train-${name}` });
  const [controls, empty, curve, row, save] = ["controls", "empty", "curve", "row", "save"].map(box);
  const legend = h("div", { class: "mx-classes" });
  const stage = h("div", { class: "mx-stage" });
  const notice = h("div", { class: "mx-notices", role: "status", "aria-live": "polite", "data-testid": "notices" });
  const field = h("div", { class: "mx-train-field" }, stage, empty, notice);
  const panel = (name, ...children) =>
    h("section", { class: `mx-panel mx-panel-${name}`, "data-testid": `panel-${name}` }, ...children);
  const [list, classroom, status, details] = ["list", "class", "status", "details"].map((name) => panel(name));
  const film = panel("film", curve, row, save);
  const side = h("aside", { class: "mx-side", "data-testid": "side" }, list, classroom, status, film, details);
  const scene = h("div", { class: "mx-scene" }, h("div", { class: "mx-top" }, legend), field, controls);
  const root = h("div", { class: "mx-root mx-train", "data-testid": "trainings" }, scene, side);
  return {
    root, legend, stage, controls, empty, notice, curve, row, save, film, list, class: classroom, status, details,
  };
}
