/** One model in the page: its data, probe, stream and cloud, and the panels around them. */

import { About } from "./about.js";
import { Announcer } from "./announcer.js";
import { Api } from "../core/api.js";
import { Cloud, renderer } from "../view/cloud.js";
import { DatasetLine } from "./dataset.js";
import { bringIntoView, throttle, translator } from "../core/dom.js";
import { NearestFeed } from "./feed.js";
import { Gestures } from "../view/gestures.js";
import { Guide } from "./guide.js";
import { HoverCard } from "./hovercard.js";
import { Legend } from "../view/legend.js";
import { listenToKeys } from "./keys.js";
import { loadPlotly } from "../core/plotly.js";
import { Marks } from "./marks.js";
import { NearestPanel } from "./nearest.js";
import { Overlay } from "../view/overlay.js";
import { Gauge, PicturePair } from "./panels.js";
import { picturesOf } from "../core/pictures.js";
import { Probe } from "./probe.js";
import { progress } from "../core/progress.js";
import { Sliders } from "./sliders.js";
import { DecodeStream } from "./stream.js";
import { PALETTE } from "../core/theme.js";
import { toolbar } from "./toolbar.js";
import { UploadPanel } from "./upload.js";
import { AddressBar, latentOf, linkOf, restore, snapshot, within } from "./link.js";

const STATS_PAUSE = 250; // ms
const POINT = 12; // bytes: three float32

export class Explorer {
  /**
   * @param {import("./layout.js").Layout} parts
   * @param {import("../core/notices.js").Notices} notices
   * @param {{library: {address: string, packed: number, plain: number}, model: string, language: string, strings: Object<string, string>, view: import("./link.js").View}} data
   * @param {() => void} reload starts this model afresh
   */
  constructor(parts, notices, data, reload) {
    Object.assign(this, { parts, notices, data, reload });
    this.api = new Api(new URL("/", location.origin).href, data.model);
    this.k = data.view.k;
    this.address = new AddressBar(() => linkOf(data.model, this.data.language, snapshot(this.probe, this.cloud?.camera ?? null, this.k)));
    /** @type {{dispose: () => void}[]} */
    this.panels = [];
    this.abort = new AbortController();
  }

  get gone() {
    return this.abort.signal.aborted;
  }

  /** @param {import("../view/cloud.js").Ink} ink @returns {Promise<void>} when the cloud can be turned, or cannot be had */
  async start(ink) {
    this.ink = ink;
    const library = loadPlotly(this.data.library);
    library.catch(() => {});
    const asked = this.api.model();
    this.renderer = renderer();
    const card = await asked;
    const weight = POINT * card.n;
    progress.set("points", 0, weight);
    const here = (bytes) => progress.set("points", bytes, weight);
    const [points, labels] = await Promise.all([this.api.points(here), this.api.labels()]);
    if (this.gone) return;
    this.data.view = within(this.data.view, card.dataset);
    this.k = Math.min(this.k, card.n);
    Object.assign(this, { card, points, labels, limits: card.ranges, shown: shownOf(this.data.view, card.classes) });
    performance.mark("mx-data");
    this.connect();
    this.dress(this.data.strings);
    const arrived = this.arrive();
    const [Plotly] = await Promise.all([library, this.firstPicture()]);
    await this.drawCloud(Plotly, ink);
    await arrived;
    if (this.gone) return;
    this.begun = true;
    if (this.trouble) this.tellTrouble(this.trouble);
    if (this.cloud) this.guide.begin();
  }

  /** To where the view says; with an uploaded picture that came along from another model, to where it lands in this one. */
  async arrive() {
    const { card, probe, data: { view } } = this;
    const homeless = !view.p && !view.z && view.anchor === null;
    if (homeless && (await this.upload.moveIn())) return;
    if (!this.gone) await restore(probe, view, card.start);
  }

  /** Drawing the cloud takes the browser for a while: the first picture comes before that, unless the line to the decoder is down. */
  firstPicture() {
    return new Promise((resolve) => {
      const { signal } = this.abort;
      this.stream.addEventListener("image", () => requestAnimationFrame(() => resolve()), { once: true, signal });
      this.stream.addEventListener("status", ({ detail }) => { if (detail.status === "offline") resolve(); }, { signal });
    });
  }

  /** A sentence that goes by itself: one that is due before the cloud is drawn waits for it, or nobody would read it. @param {string} reason */
  tellTrouble(reason) {
    if (this.begun) this.notices.flash("trouble", this.context.t("notice.trouble", { reason }));
    else this.trouble = reason;
  }

  connect() {
    const { signal } = this.abort;
    this.probe = new Probe(this.card, this.api, this.limits);
    this.stream = new DecodeStream(this.api.decodeUrl());
    const on = (target, name, run) => target.addEventListener(name, run, { signal });
    on(this.probe, "move", () => { this.stream.send(this.probe.latent, this.probe.inputTime); this.overlay?.drawSoon(); });
    on(this.probe, "settle", () => this.address.soon());
    on(this.probe, "trouble", ({ detail }) => this.tellTrouble(detail.detail || detail.title));
    on(this.stream, "status", ({ detail }) => this.connection(detail));
    this.tellStats = throttle((stats) => this.showStats(stats), STATS_PAUSE);
    on(this.stream, "stats", ({ detail }) => this.tellStats(detail));
    this.overlay = new Overlay(this.parts.canvas, this.parts.plot, this.probe, { points: this.points, labels: this.labels, floor: this.limits[2][0] });
    this.overlay.shown = this.shown;
    on(this.overlay, "frame", () => this.lookAgain());
    this.feed = new NearestFeed(this.api, this.probe, picturesOf(this.api), this.k);
    on(this.feed, "nearest", ({ detail }) => this.overlay.setNeighbours(detail.answer.neighbours));
    listenToKeys(this.parts.stage, this.probe, { turn: (change) => this.cloud?.turn(change), centre: () => this.centre() }, signal);
    this.stream.send(this.probe.latent);
    this.feed.ask();
  }

  /** Back after a break, everything that asks the server asks again. @param {{status: "online"|"offline", reason: string}} line */
  connection({ status, reason }) {
    const { t } = this.context;
    this.notices.set("offline", status === "online" ? null : reason ? t("notice.refused", { reason }) : t("notice.offline"));
    if (status === "online" && this.broken) this.probe.settle();
    this.broken = status === "offline";
  }

  showStats({ rtt, fps }) {
    this.parts.stats.textContent = this.context.t("stats.line", { rtt: rtt.toFixed(1), fps });
    Object.assign(this.parts.stats.dataset, { rtt: rtt.toFixed(3), fps });
  }

  /** @returns {import("./link.js").View|null} the view as it stands, or null before there is one */
  get view() {
    const { card, probe, cloud, k, shown } = this;
    return probe ? { p: Array.from(probe.position), anchor: probe.anchor.index, z: latentOf(probe.anchor), camera: cloud?.camera ?? null, k, shown, dataset: card.dataset } : null;
  }

  /** Changes the language. @param {{language: string, strings: Object<string, string>}} data */
  speak({ language, strings }) {
    this.data = { ...this.data, language, strings };
    if (!this.probe) return; // it is still loading, and will speak this language
    this.dress(strings);
    if (this.cloud) this.guide.begin();
    this.address.now();
  }

  /** Builds everything that carries words. @param {Object<string, string>} strings */
  dress(strings) {
    this.undress();
    const context = (this.context = this.makeContext(strings));
    const { parts } = this;
    const { t } = context;
    parts.stage.setAttribute("aria-label", t("scene.label"));
    parts.stats.title = t("stats.help");
    const upload = (this.upload = new UploadPanel(parts.upload, context));
    const hover = new HoverCard(parts.stage, context);
    this.hover = hover;
    this.guide = new Guide(parts.stage, context);
    this.panels = [upload, hover, this.guide, new About(parts.about, context), new Marks(parts.stage, context),
      toolbar(parts.tools, t, this.actions(upload)),
      new Legend(parts.classes, context, this.shown, (shown) => this.filter(shown)),
      new PicturePair(parts.pair, context, this.stream), new Gauge(parts.gauge, context), new Sliders(parts.sliders, context),
      new NearestPanel(parts.nearest, context), new Announcer(parts.said, context), new DatasetLine(parts.data, context, () => this.reload())];
    this.stream.send(this.probe.latent);
  }

  undress() {
    for (const panel of this.panels) panel.dispose();
    for (const leave of this.leaving ?? []) leave();
    this.panels = [];
  }

  makeContext(strings) {
    const { api, card, probe, feed, overlay, points, labels, parts } = this;
    const t = translator(strings);
    this.leaving = [];
    const letter = card.latent_dim > 3 ? "PC" : "z";
    return {
      api, card, probe, feed, overlay, points, labels, strings, t, palette: PALETTE, root: parts.root, has_images: card.has_images,
      language: this.data.language,
      axes: [1, 2, 3].map((number) => `${letter}${number}`),
      classLabel: (label) => strings[`class.${card.classes[label]}`] ?? card.classes[label],
      positionOf: (index) => points.subarray(3 * index, 3 * index + 3),
      setK: (k) => this.setK(k),
      toPair: () => bringIntoView(parts.gauge, "end"), // with the pair above it
      onDispose: (leave) => this.leaving.push(leave),
    };
  }

  setK(k) {
    this.k = k;
    this.feed.setK(k);
    this.address.soon();
  }

  actions(upload) {
    return {
      surprise: () => this.surprise(),
      mean: () => this.probe.home(),
      reset: this.renderer !== null && (() => this.cloud?.reset()),
      centre: this.renderer !== null && (() => this.centre()),
      fullscreen: document.fullscreenEnabled && (() => this.fillScreen()),
      upload: () => { this.parts.upload.scrollIntoView({ block: "nearest" }); upload.open?.(); },
    };
  }

  /** To any sample that can be seen. */
  surprise() {
    const seen = Array.from(this.labels.keys()).filter((index) => this.shown[this.labels[index]]);
    if (seen.length) this.probe.goToSample(seen[Math.floor(Math.random() * seen.length)]);
    else this.notices.flash("hidden", this.context.t("notice.hidden"));
  }

  centre() {
    this.cloud?.centre(this.probe.position);
  }

  /** A browser may refuse: then all stays as it is. */
  fillScreen() {
    const change = document.fullscreenElement ? document.exitFullscreen() : this.parts.root.requestFullscreen();
    change.catch(() => {});
  }

  filter(shown) {
    this.look(-1, 0, 0);
    this.overlay.draw();
    return this.cloud?.filter(shown);
  }

  /** @param {*} Plotly @param {import("../view/cloud.js").Ink} ink */
  async drawCloud(Plotly, ink) {
    if (this.gone) return;
    if (!this.renderer) return this.notices.set("webgl", this.context.t("notice.webgl"));
    const { points, labels, card, limits, parts } = this;
    this.cloud = new Cloud(parts.plot, Plotly, { points, labels, limits, shown: this.shown, classes: card.classes, axes: this.context.axes, palette: PALETTE });
    this.listenToCloud();
    await this.cloud.draw(ink, this.data.view.camera, this.renderer);
    if (this.gone) return;
    this.overlay.follow();
    this.gestures = new Gestures(parts.stage, parts.plot, this.overlay, this.probe, {
      pick: (index) => this.probe.goToSample(index), hover: (index, x, y) => this.look(index, x, y), camera: (change) => this.cloud.turn(change),
      centre: () => this.centre(),
    });
    this.stream.forget();
    performance.mark("mx-interactive");
  }

  listenToCloud() {
    const on = (name, run) => this.cloud.addEventListener(name, run, { signal: this.abort.signal });
    on("camera", () => { this.address.soon(); this.guide.makeRoomSoon(); });
    on("drawn", () => this.overlay.follow());
    on("lost", () => this.notices.set("lost", this.context.t("notice.lost"), { label: this.context.t("notice.restore"), run: this.reload }));
  }

  look(index, x, y) {
    const upload = this.overlay.onUpload(x, y);
    this.looked = index >= 0 || upload ? [x, y] : null;
    this.overlay.setHovered(upload ? -1 : index);
    if (upload) this.hover.showUpload(x, y);
    else this.hover.show(index, x, y);
  }

  /** The camera has moved under a mouse that rests: what it points at is another sample now, or none. */
  lookAgain() {
    if (this.looked) this.look(this.overlay.pick(...this.looked), ...this.looked);
  }

  /** @param {import("../view/cloud.js").Ink} ink */
  recolour(ink) {
    this.ink = ink;
    this.overlay?.setInk(ink);
    return this.cloud?.recolour(ink);
  }

  dispose() {
    this.abort.abort();
    this.address.dispose();
    this.undress();
    for (const part of [this.gestures, this.feed, this.overlay, this.cloud, this.probe]) part?.dispose();
    this.stream?.close();
    this.tellStats?.cancel();
    this.notices.clear();
    this.parts.stats.textContent = "";
  }
}

/** @param {import("./link.js").View} view @param {string[]} classes @returns {boolean[]} by class */
function shownOf({ shown }, classes) {
  return shown?.length === classes.length ? shown : classes.map(() => true);
}
