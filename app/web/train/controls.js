/** Below the stage: play, the scrubber with its epochs, speed, loop, the newest frame, and the view's buttons. */

import { h, icon } from "../core/dom.js";
import { SPEEDS } from "./timeline.js";

const FINE = 1000; // steps of the scrubber between two frames

export class Controls {
  /**
   * @param {HTMLElement} slot
   * @param {import("./timeline.js").Timeline} timeline
   * @param {{t: Say}} context
   * @param {{reset: () => void, fullscreen: (() => void)|false}} actions
   */
  constructor(slot, timeline, { t }, actions) {
    this.timeline = timeline;
    this.t = t;
    const button = (name, drawing, run, more = {}) => h("button", {
      class: "mx-button mx-button-icon", type: "button", title: t(`film.${name}.help`), "aria-label": t(`film.${name}`),
      "data-testid": `film-${name}`, onclick: run, ...more,
    }, icon(drawing));
    this.play = button("play", "play", () => timeline.toggle(), {
      class: "mx-button mx-button-icon mx-button-primary",
    });
    this.loop = button("loop", "loop", () => timeline.set({ loop: !timeline.loop }));
    this.newest = button("newest", "newest", () => timeline.newest());
    this.scrubber = h("input", {
      type: "range", min: 0, max: 0, step: 1, value: 0, class: "mx-film-scrubber", "aria-label": t("film.scrubber"),
      title: t("film.scrubber.help"), "data-testid": "film-scrubber",
      oninput: () => timeline.seek(Number(this.scrubber.value) / FINE), onkeydown: (event) => this.key(event),
    });
    this.marks = h("div", { class: "mx-film-marks", "aria-hidden": "true" });
    this.speed = h("select", {
      class: "mx-button mx-film-speed", title: t("film.speed.help"), "aria-label": t("film.speed"),
      "data-testid": "film-speed", onchange: () => timeline.set({ speed: Number(this.speed.value) }),
    }, ...SPEEDS.map((speed) => h("option", { value: speed, selected: speed === 1 }, `${speed} ×`)));
    const track = h("div", { class: "mx-film-track" }, this.scrubber, this.marks);
    this.element = h("div", { class: "mx-film-controls" }, this.play, track,
      h("div", { class: "mx-film-buttons" },
        this.newest, this.speed, this.loop, button("reset", "reset", actions.reset),
        actions.fullscreen && button("fullscreen", "full", actions.fullscreen)));
    slot.append(this.element);
  }

  /** The scrubber's own arrows would move by a thousandth of a frame. */
  key(event) {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.timeline.step(step);
  }

  /** @param {number[]} epochs of the frames @param {(epoch: number) => string} said */
  update(epochs, said) {
    this.epochs = epochs;
    this.said = said;
    this.scrubber.max = String(FINE * Math.max(1, epochs.length - 1));
    this.scrubber.disabled = epochs.length < 2;
    this.play.disabled = epochs.length < 2;
    const left = (at) => `${(100 * at) / Math.max(1, epochs.length - 1)}%`;
    const mark = (at) => h("span", { style: { left: left(at) } }, String(epochs[at]));
    this.marks.replaceChildren(...markPlaces(epochs).map(mark));
    this.moved();
    this.changed();
  }

  moved() {
    const { position, last } = this.timeline;
    this.scrubber.value = String(Math.round(FINE * position));
    this.scrubber.style.setProperty("--mx-filled", `${last ? (100 * position) / last : 100}%`);
    this.scrubber.setAttribute("aria-valuetext", this.said(this.epochs[Math.round(position)]));
  }

  /** @param {number} share of the film that has arrived */
  loaded(share) {
    this.element.dataset.loaded = share.toFixed(3);
  }

  changed() {
    const { playing, loop, live, following, position, last, glide } = this.timeline;
    if (this.shownPlaying !== playing) {
      this.shownPlaying = playing;
      this.play.replaceChildren(icon(playing ? "pause" : "play"));
      this.play.setAttribute("aria-label", this.t(playing ? "film.pause" : "film.play"));
    }
    this.loop.setAttribute("aria-pressed", String(loop));
    this.newest.hidden = !live || (following && !playing && (glide !== null || position >= last));
  }

  dispose() {
    this.element.remove();
  }
}

/**
 * Which frames are named below the scrubber: first, last, and some between.
 * @param {number[]} epochs @returns {number[]}
 */
function markPlaces(epochs) {
  const last = epochs.length - 1;
  const parts = Math.min(4, last);
  return last < 1 ? [0] : Array.from({ length: parts + 1 }, (_, at) => Math.round((at * last) / parts));
}
