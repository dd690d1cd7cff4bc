/** One model in the page: its data, probe, stream and view, and the panels around them. */

import { Api } from "../core/api.js";
import { throttle } from "../core/dom.js";
import { useOf } from "../core/link_options.js";
import { picturesOf } from "../core/pictures.js";
import { loadPlotly } from "../core/plotly.js";
import { progress } from "../core/progress.js";
import { Camera } from "../view/camera.js";
import { renderer } from "../view/plotly_figure.js";
import { View } from "../view/view.js";
import { Selection } from "../selection/selection.js";
import { NearestFeed } from "./feed.js";
import { moveByKeys } from "./keys.js";
import { AddressBar, fromMean, latentOf, linkOf, restore, snapshot, within } from "./link.js";
import { painterFor } from "./painter.js";
import { axesOf, contextOf, panelsOf } from "./panel_list.js";
import { placeOfProbe } from "./places.js";
import { Probe } from "./probe.js";
import { ProbeOverlay } from "./probe_overlay.js";
import { Snapping } from "./snapping.js";
import { choicesOf, shownSpaces } from "./spaces.js";
import { DecodeStream } from "./stream.js";
import { Trail } from "./trail.js";

const STATS_PAUSE = 250; // ms
const POINT = 12; // bytes: three float32
const TIME_TO_READ = 10_000; // ms
const NOTHING = { index: -1, layer: null, x: 0, y: 0 };

/** @typedef {import("./link.js").View} LinkedView */

export class Explorer {
  /**
   * @param {import("./layout.js").Layout} parts
   * @param {import("../core/notices.js").Notices} notices
   * @param {{library: {address: string, packed: number, plain: number}, model: string, language: string,
   *   strings: Object<string, string>, view: LinkedView}} data
   * @param {() => void} reload starts this model afresh
   */
  constructor(parts, notices, data, reload) {
    this.parts = parts;
    this.notices = notices;
    this.data = data;
    this.reload = reload;
    this.api = new Api(new URL("/", location.origin).href, data.model);
    /** @type {import("./feed.js").Choice} */
    this.choice = chosenOf(data.view);
    /** Whether the cloud shows pictures where samples are near. */
    this.pictured = Boolean(data.view.pictures) && useOf("pictures") !== "hide";
    const link = () => linkOf(data.model, this.data.language, this.linked());
    this.address = new AddressBar(link);
    /** @type {{dispose: () => void, recolour?: (theme: import("../core/theme.js").ThemeColours) => void}[]} */
    this.panels = [];
    this.abort = new AbortController();
    /** @type {{open: boolean, walk: import("../walks/walk.js").Walk|null}} */
    this.walking = { open: false, walk: null };
    /** @type {import("../comparison/compare_switch.js").Comparing} */
    this.comparing = { name: null, open: false, aligned: true, view: null };
  }

  get gone() {
    return this.abort.signal.aborted;
  }

  /** @param {import("../core/theme.js").ThemeColours} theme @returns {Promise<void>} when the cloud can be turned */
  async start(theme) {
    const library = loadPlotly(this.data.library);
    library.catch(() => {});
    const asked = this.api.model();
    const webgl = renderer();
    const card = await asked;
    const weight = POINT * card.n;
    progress.set("points", 0, weight);
    const here = (bytes) => progress.set("points", bytes, weight);
    const [points, labels] = await Promise.all([this.api.points(here), this.api.labels()]);
    if (this.gone) return;
    this.data.view = within(this.data.view, card.dataset);
    const { compare = null } = this.data.view;
    Object.assign(this.comparing, { name: compare, open: compare !== null && useOf("compare") !== "hide" });
    const near = choicesOf(card).includes(this.choice.near) ? this.choice.near : "latent";
    this.choice = { ...this.choice, near, k: Math.min(this.choice.k, card.n) };
    const shown = shownOf(this.data.view, card.classes);
    this.card = card;
    this.points = points;
    this.labels = labels;
    this.limits = card.ranges;
    this.shown = shown;
    performance.mark("mx-data");
    this.probe = new Probe(card, this.api, this.limits);
    this.trail = new Trail();
    this.snapping = new Snapping(points, labels, () => this.shown);
    this.selection = new Selection(this.api, labels, () => this.shown);
    this.stream = new DecodeStream(this.api.decodeUrl());
    this.show(theme, painterFor(webgl, library, this.stream, this.abort.signal));
    this.listen();
    this.render(this.data.strings);
    const arrived = this.arrive();
    await this.scene.ready;
    if (!this.gone) this.interact();
    await arrived;
    if (this.gone) return;
    this.begun = true;
    if (this.trouble) this.tellTrouble(this.trouble);
    if (!webgl) this.notices.flash("webgl", this.context.t("notice.webgl"), TIME_TO_READ);
    this.guide.begin();
  }

  /** @param {import("../core/theme.js").ThemeColours} theme @param {import("../view/painters.js").Painter} painter */
  show(theme, painter) {
    const { points, labels, limits, shown, card, parts } = this;
    const camera = new Camera(this.data.view.camera);
    this.scene = new View(parts.stage, { points, labels, limits, shown, axes: axesOf(card), theme, camera, painter });
    this.overlay = new ProbeOverlay(this.scene, this.probe, this.trail);
  }

  listen() {
    const { signal } = this.abort;
    const { probe, stream, scene, parts } = this;
    const on = (target, name, run) => target.addEventListener(name, run, { signal });
    on(probe, "move", () => { stream.send(probe.latent, probe.inputTime); this.overlay.drawSoon(); });
    on(probe, "settle", () => this.rest());
    on(probe, "trouble", ({ detail }) => this.tellTrouble(detail.detail || detail.title));
    on(stream, "status", ({ detail }) => this.connection(detail));
    this.tellStats = throttle((stats) => this.showStats(stats), STATS_PAUSE);
    on(stream, "stats", ({ detail }) => this.tellStats(detail));
    this.feed = new NearestFeed(this.api, probe, picturesOf(this.api), this.choice);
    on(this.feed, "nearest", ({ detail }) => this.showNearest(detail));
    on(scene, "frame", () => this.lookAgain());
    on(scene, "hover", ({ detail }) => this.look(detail));
    on(scene, "pick", ({ detail: { index } }) => index >= 0 && probe.goToSample(index));
    on(scene, "lost", () => this.tellLost());
    moveByKeys(parts.stage, probe, () => this.centre(), signal);
    stream.send(probe.latent);
    this.feed.ask();
  }

  /** The hand has let go, or rests. */
  rest() {
    this.address.soon();
    if (!this.probe.held) this.trail.note(placeOfProbe(this.probe));
  }

  /** The cloud can be turned. From here on the camera moves for a hand only, whatever the size of the window. */
  interact() {
    const { scene } = this;
    if (!scene.camera.pose) scene.camera.set(scene.pose);
    const moved = () => { this.address.soon(); this.guide.makeRoomSoon(); };
    scene.addEventListener("camera", moved, { signal: this.abort.signal });
    this.stream.forget();
    performance.mark("mx-interactive");
  }

  /** Where the view says; with an uploaded picture that came along from another model, where it lands in this one. */
  async arrive() {
    const { card, probe, data: { view } } = this;
    const homeless = !view.p && !view.z && view.anchor === null;
    if (homeless && (await this.upload.moveIn())) return;
    if (!this.gone) await restore(probe, view, card.start);
  }

  /**
   * A sentence that goes by itself: one that is due before the cloud is drawn waits for it, or nobody would read it.
   * @param {string} reason
   */
  tellTrouble(reason) {
    if (this.begun) this.notices.flash("trouble", this.context.t("notice.trouble", { reason }));
    else this.trouble = reason;
  }

  tellLost() {
    const { t } = this.context;
    this.notices.set("lost", t("notice.lost"), { label: t("notice.restore"), run: this.reload });
  }

  /**
   * Back after a break, everything that asks the server asks again.
   * @param {{status: "online"|"offline", reason: string}} line
   */
  connection({ status, reason }) {
    const { t } = this.context;
    const broken = reason ? t("notice.refused", { reason }) : t("notice.offline");
    this.notices.set("offline", status === "online" ? null : broken);
    if (status === "online" && this.broken) this.probe.settle();
    this.broken = status === "offline";
  }

  showStats({ rtt, fps }) {
    this.parts.stats.textContent = this.context.t("stats.line", { rtt: rtt.toFixed(1), fps });
    Object.assign(this.parts.stats.dataset, { rtt: rtt.toFixed(3), fps });
  }

  /** @returns {LinkedView} what the address says */
  linked() {
    const { compared: compare, pictured: pictures } = this;
    return { ...snapshot(this.probe, this.scene.camera.pose, this.choice), compare, pictures };
  }

  /** @returns {string|null} the model that stands beside this one */
  get compared() {
    return this.comparing.open ? this.comparing.name : null;
  }

  /** @returns {View[]} the clouds on show */
  get clouds() {
    return [this.scene, this.comparing.view].filter(Boolean);
  }

  /** @returns {LinkedView|null} the view as it stands, or null before there is one */
  get view() {
    const { card, probe, scene, choice, shown } = this;
    if (!scene) return null;
    const { anchor, position } = probe;
    const from = { anchor: anchor.index, z: latentOf(probe), mean: fromMean(probe), compare: this.compared };
    const seen = { camera: scene.camera.pose, shown, pictures: this.pictured };
    return { p: Array.from(position), ...from, ...seen, ...choice, dataset: card.dataset };
  }

  /** Changes the language. @param {{language: string, strings: Object<string, string>}} data */
  setLanguage({ language, strings }) {
    this.data = { ...this.data, language, strings };
    if (!this.probe) return; // it is still loading, and will have this language
    this.render(strings);
    if (this.begun) this.guide.begin();
    this.address.now();
  }

  /** Builds everything that carries words. @param {Object<string, string>} strings */
  render(strings) {
    this.clear();
    this.leaving = [];
    this.context = contextOf(this, strings, (leave) => this.leaving.push(leave));
    const { parts, context: { t } } = this;
    parts.stage.setAttribute("aria-label", t("scene.label"));
    parts.stats.title = t("stats.help");
    const { all, ...named } = panelsOf(this, this.context);
    this.upload = named.upload;
    this.hover = named.hover;
    this.guide = named.guide;
    this.walks = named.walks;
    this.pictures = named.pictures;
    this.comparison = named.comparison;
    this.panels = all;
    this.stream.send(this.probe.latent);
  }

  clear() {
    for (const panel of this.panels) panel.dispose();
    for (const leave of this.leaving ?? []) leave();
    this.panels = [];
  }

  /** @param {Partial<import("./feed.js").Choice>} change what neighbours are looked for from now on */
  choose(change) {
    this.choice = { ...this.choice, ...change };
    this.feed.choose(this.choice);
    this.address.soon();
  }

  /** @param {boolean} pictured from now on */
  setPictured(pictured) {
    this.pictured = pictured;
    this.address.soon();
  }

  /** Lines to the neighbours in the spaces on show. @param {import("./feed.js").Found} found */
  showNearest({ lists, choice }) {
    const shown = shownSpaces(choice.near, this.card);
    this.overlay.setNeighbours(Object.fromEntries(shown.map((space) => [space, lists[space]?.neighbours ?? []])));
  }

  centre() {
    this.scene.centre(this.probe.position);
  }

  /** The classes that are shown have changed. */
  filter() {
    this.look(NOTHING);
    for (const view of this.clouds) view.setShown(this.shown);
    this.selection.refresh();
  }

  /** @param {import("../view/view.js").Hit} hit below the mouse */
  look({ index, layer, x, y }) {
    const upload = layer === this.overlay.upload;
    this.looked = index >= 0 || upload ? [x, y] : null;
    this.overlay.setHovered(upload ? -1 : index);
    if (upload) this.hover.showUpload(x, y);
    else this.hover.show(index, x, y);
  }

  /** The camera has moved under a mouse that rests: what it points at is another sample now, or none. */
  lookAgain() {
    if (!this.looked) return;
    const [x, y] = this.looked;
    this.look(this.scene.at(x, y));
  }

  /** @param {import("../core/theme.js").ThemeColours} theme */
  recolour(theme) {
    for (const view of this.clouds) view.setTheme(theme);
    for (const panel of this.panels) panel.recolour?.(theme);
  }

  dispose() {
    this.abort.abort();
    this.address.dispose();
    this.clear();
    for (const part of [this.feed, this.scene, this.probe, this.walking.walk]) part?.dispose();
    this.stream?.close();
    this.tellStats?.cancel();
    this.notices.clear();
    this.parts.stats.textContent = "";
  }
}

/** @param {LinkedView} view @returns {import("./feed.js").Choice} */
function chosenOf({ k, near, metric }) {
  return { k, near, metric };
}

/** @param {LinkedView} view @param {string[]} classes @returns {boolean[]} by class */
function shownOf({ shown }, classes) {
  return shown?.length === classes.length ? shown : classes.map(() => true);
}
