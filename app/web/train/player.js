/**
 * The training film: a cloud of points that moves from epoch to epoch, with everything that follows its time.
 *
 *     const player = new Player(slots, context, source);
 *
 * `slots` are elements that the page places; the player fills them, and empties them again in `dispose`:
 *   stage     a box of definite size (class "mx-stage"): the view, epoch, notices
 *   controls  a row as wide as the stage, below it: play, scrubber, speed, loop, newest, reset, full screen
 *   legend    above the stage (class "mx-classes" in "mx-top"), as in Explore
 *   curve     optional: the loss curve with its cursor; dragging in it scrubs
 *   row       optional: test images above their reconstructions
 *   save      optional: the film as GIF or MP4
 * `context`: {t, strings, palette, base, language, theme} and, to keep a view, `carried` from another's `carried()`.
 * `source`: {kind: "runs"|"models", name}.
 *
 * `refresh(run)` asks for new frames: call it with the run's entry of GET /api/runs as often as it is known, or with
 * nothing. While frames come, the film follows the newest one unless a person has gone elsewhere in it.
 * Events: "ready", "failed" (detail: the ApiError; the stage says it already).
 *
 * Needs the sheets page.css, side.css and film.css inside .mx-root. For tests: main parts carry `data-testid`
 * (film-stage, film-play, ...); the stage tells `data-ready`, `data-epoch`, `data-position`, `data-frames`,
 * `data-playing` and `data-live`, its canvas `data-usual`, the milliseconds that drawing takes.
 */

import { h } from "../core/dom.js";
import { fullscreenFor } from "../core/fullscreen.js";
import { Legend } from "../view/legend.js";
import { Controls } from "./controls.js";
import { Curve } from "./curve.js";
import { Follower } from "./follower.js";
import { playByKeys } from "./keys.js";
import { EpochLabel } from "./label.js";
import { FrameInterpolator } from "./frame_interpolator.js";
import { Row } from "./row.js";
import { address, Save } from "./save.js";
import { Stage } from "./stage.js";
import { Store } from "./store.js";
import { Timeline } from "./timeline.js";

const LONGEST = 100; // milliseconds that a single frame may advance the film: a page that slept does not leap
const AGAIN = 1500; // milliseconds until a live film is asked for once more: a frame may come after its epoch's word

/**
 * @typedef {import("./page.js").Context & {theme: import("../core/theme.js").ThemeColours,
 *   carried?: {camera: import("../view/orbit.js").Pose|null, shown: boolean[]}|null}} FilmContext
 */

export class Player extends EventTarget {
  /**
   * @param {Object<string, HTMLElement>} slots @param {FilmContext} context
   * @param {{kind: string, name: string}} source
   */
  constructor(slots, context, source) {
    super();
    this.slots = slots;
    this.context = context;
    this.source = source;
    this.abort = new AbortController();
    this.parts = [];
    this.store = new Store(context.base, source);
    this.timeline = new Timeline();
    this.stage = new Stage(slots.stage, context);
    this.label = new EpochLabel(slots.stage, context.t);
    const about = { class: "mx-film-notice", role: "status", "data-testid": "film-notice" };
    this.notice = h("p", about, context.t("film.loading"));
    slots.stage.append(this.notice);
    const on = (target, name, run) => target.addEventListener(name, run, { signal: this.abort.signal });
    on(this.store, "manifest", () => this.update());
    on(this.store, "frames", () => this.arrived());
    on(this.store, "failed", ({ detail }) => this.fail(detail));
    on(this.timeline, "move", () => this.wake());
    on(this.timeline, "state", () => this.changed());
    this.refresh();
  }

  get gone() {
    return this.abort.signal.aborted;
  }

  /** @param {{state: string, epoch: number, epochs?: number}} [run] what the server said of the run last */
  async refresh(run) {
    const told = run && `${run.state} ${run.epoch}`;
    if (run?.epochs) this.total = run.epochs;
    if (this.gone || (told && told === this.told && this.interpolator)) return;
    this.told = told ?? this.told;
    this.again = this.asking;
    if (this.asking) return;
    this.asking = true;
    const failure = await this.store.refresh().then(() => null, (error) => error);
    this.asking = false;
    if (this.gone) return;
    if (failure) this.fail(failure);
    clearTimeout(this.timer);
    if (this.again) this.refresh();
    else if (failure || (told && this.store.manifest.live)) this.timer = setTimeout(() => this.refresh(), AGAIN);
  }

  /** @param {import("../core/ask.js").ApiError} error */
  fail(error) {
    const sentence = error.id === "films.awaited" ? "film.not_yet" : "film.failed";
    if (!this.store.frames.size) this.say(this.context.t(sentence, { reason: error.message }));
    this.dispatchEvent(new CustomEvent("failed", { detail: error }));
  }

  /** @param {string|null} words in the middle of the stage */
  say(words) {
    this.notice.hidden = !words;
    this.notice.textContent = words ?? "";
  }

  /** The manifest has come, or has changed. */
  update() {
    const { manifest } = this.store;
    const epoch = this.interpolator?.epochAt(this.timeline.position);
    if (this.interpolator) this.interpolator.renew();
    else this.begin(manifest);
    this.stage.setLimits(manifest.ranges);
    const place = epoch === undefined ? 0 : this.interpolator.placeOf(epoch);
    this.timeline.setCount(manifest.epochs.length, place, manifest.live);
    this.controls.update(manifest.epochs, (shown) => this.label.inWords(shown));
    this.curve?.update(manifest, manifest.live ? (this.total ?? 0) : 0); // room for the epochs to come
    this.store.want(this.timeline.position);
    this.wake();
  }

  /** @param {import("./store.js").Manifest} manifest */
  begin(manifest) {
    const { context, store, timeline, stage, abort: { signal } } = this;
    const { t, palette, strings, carried } = context;
    this.interpolator = new FrameInterpolator(store);
    this.shown = carried?.shown?.length === manifest.classes.length ? carried.shown : manifest.classes.map(() => true);
    const classLabel = (label) => strings[`class.${manifest.classes[label]}`] ?? manifest.classes[label];
    const letter = manifest.latent_dim > 3 ? "PC" : "z";
    const axes = [1, 2, 3].map((number) => letter + number);
    const { labels } = store;
    stage.begin({ labels, shown: this.shown, axes, limits: manifest.ranges, camera: carried?.camera ?? null });
    this.follower = new Follower(stage, store, { classLabel, moving: () => timeline.moving }, signal);
    this.build({ t, palette, classLabel });
    this.listen(t("film.label"));
  }

  /** @param {{t: Say, palette: string[], classLabel: (label: number) => string}} words */
  build(words) {
    const { slots, context, store, stage, timeline } = this;
    const keep = (part) => { this.parts.push(part); return part; };
    const fullscreen = fullscreenFor(() => slots.stage.closest(".mx-root"));
    keep(new Legend(slots.legend, words, this.shown, () => this.filter()));
    const actions = { reset: () => stage.view.reset(), fullscreen };
    this.controls = keep(new Controls(slots.controls, timeline, words, actions));
    const scrub = (epoch) => timeline.seek(this.interpolator.placeOf(epoch));
    if (slots.curve) this.curve = keep(new Curve(slots.curve, words, scrub));
    if (slots.row) this.row = keep(new Row(slots.row, store, words));
    if (slots.save) keep(new Save(slots.save, words, (format) => address(format, store, stage, context.language)));
  }

  /** @param {string} label of the stage */
  listen(label) {
    const { follower, timeline, slots: { stage }, abort: { signal } } = this;
    const said = { "aria-label": label, role: "application", "data-testid": "film-stage" };
    for (const [name, value] of Object.entries(said)) stage.setAttribute(name, value);
    playByKeys(stage, timeline, () => follower.follow(null), signal);
  }

  /** The classes that are shown have changed. */
  filter() {
    this.follower.follow(null);
    this.stage.view.setShown(this.shown);
  }

  /** More frames are there. */
  arrived() {
    this.controls.loaded(this.store.share);
    this.follower.renew();
    this.wake();
  }

  changed() {
    this.controls?.changed();
    const { playing, live, following } = this.timeline;
    Object.assign(this.slots.stage.dataset, { playing, live: Boolean(live), following });
    this.tell();
  }

  /** Draws in the browser's next frame, and on until nothing moves any more. */
  wake() {
    if (this.gone || this.asked) return;
    this.asked = requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    this.asked = 0;
    const elapsed = this.before ? Math.min(LONGEST, now - this.before) : 16;
    const { timeline, stage } = this;
    timeline.advance(elapsed, (position) => this.ready(position));
    const easing = stage.ease(elapsed);
    if (this.interpolator) this.showMoment();
    stage.draw();
    this.before = timeline.moving || easing ? now : 0;
    if (timeline.moving || easing) this.wake();
  }

  ready(position) {
    if (this.store.ready(position)) return true;
    this.store.want(position);
    return false;
  }

  showMoment() {
    const { interpolator, timeline: { position } } = this;
    if (!this.ready(position)) return;
    if (this.position !== position || this.drawn !== interpolator.tags) {
      this.stage.show(interpolator.points(position));
      this.row?.show(position);
      this.curve?.point(interpolator.epochAt(position));
      this.controls.moved();
      this.position = position;
      this.drawn = interpolator.tags;
      this.tell();
    }
    if (this.slots.stage.dataset.ready) return;
    this.say(null);
    this.slots.stage.dataset.ready = "true";
    this.dispatchEvent(new Event("ready"));
  }

  /** The epoch in large type, and for tests where the film stands. */
  tell() {
    if (!this.interpolator || this.position === undefined) return;
    const { epochs } = this.interpolator;
    const epoch = epochs[Math.min(epochs.length - 1, Math.round(this.position))];
    const { live, following, playing } = this.timeline;
    const newest = Boolean(live && following && !playing);
    Object.assign(this.slots.stage.dataset, { epoch, position: this.position.toFixed(3), frames: epochs.length });
    this.label.show(epoch, newest);
  }

  /** What another player may begin with. */
  carried() {
    return { camera: this.stage.turnedByHand ? this.stage.camera : null, shown: this.shown };
  }

  /** @param {import("../core/theme.js").ThemeColours} theme */
  recolour(theme) {
    this.stage.recolour(theme);
  }

  dispose() {
    this.abort.abort();
    clearTimeout(this.timer);
    cancelAnimationFrame(this.asked);
    this.store.dispose();
    this.stage.dispose();
    for (const part of this.parts) part.dispose();
    this.label.dispose();
    this.notice.remove();
    for (const name of Object.keys(this.slots.stage.dataset)) delete this.slots.stage.dataset[name];
  }
}
