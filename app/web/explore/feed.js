/**
 * The samples nearest to the probe, asked once for all that show them: the lists, the gauge, the lines in the scene.
 *
 * One question is in flight and the newest position wins. Between two questions the feed rests at least `PAUSE`, and
 * where an answer takes long (a busy machine, a slow line) several times as long as that: the picture under the hand
 * comes first. A hand at rest ends the rest, and so does a jump: both want the answer to where the probe is now. Pixel
 * space, which costs the most, is asked then only, and where it is shown.
 * Events: `nearest` (detail: see `NearestFeed.last`), once its pictures are at hand too; `current` (the same detail),
 * when that is the answer to where the probe is now; `failed` when there is no answer.
 */

import { rgbOf } from "../core/pixels.js";
import { shownSpaces } from "./spaces.js";

const PAUSE = 150; // ms
const REST = 4; // times as long as the last answer took
const LONGEST = 600; // ms

/**
 * `near`: the space that is looked at, or "all"; `k`: how many samples in each.
 * @typedef {{k: number, near: string, metric: string}} Choice
 * `lists`: the answer by space, latent space always among them; `without`: the sample that is left out, because the
 * probe stands on it; `pictures`: whether they could be had; `choice`: what was asked for.
 * @typedef {{answer: import("../core/api.js").Nearest, lists: Object<string, import("../core/api.js").NearList>,
 *   without: number|null, pictures: boolean, choice: Choice}} Found
 */

export class NearestFeed extends EventTarget {
  /**
   * @param {import("../core/api.js").Api} api
   * @param {import("./probe.js").Probe} probe
   * @param {import("../core/pictures.js").SamplePictures} pictures
   * @param {Choice} choice
   */
  constructor(api, probe, pictures, choice) {
    super();
    this.api = api;
    this.probe = probe;
    this.pictures = pictures;
    this.choice = choice;
    /** @type {Found|null} */
    this.last = null;
    this.listening = new AbortController();
    const { signal } = this.listening;
    probe.addEventListener("move", () => this.ask(probe.atAnchor()), { signal });
    probe.addEventListener("settle", () => this.ask(true), { signal });
  }

  get stopped() {
    return this.listening.signal.aborted;
  }

  /** @param {Choice} choice */
  choose(choice) {
    this.choice = choice;
    this.ask(true);
  }

  /** @param {boolean} [now] the probe rests: without the rest that is left, and in pixel space too */
  ask(now = false) {
    this.wanted = true;
    this.hurry ||= now;
    this.still = now;
    if (now) this.wake?.();
    if (!this.running) this.run();
  }

  async run() {
    this.running = true;
    while (this.wanted && !this.stopped) {
      this.wanted = this.hurry = false;
      const start = performance.now();
      await this.find();
      const took = performance.now() - start;
      await this.rest(Math.max(PAUSE - took, Math.min((REST - 1) * took, LONGEST)));
    }
    this.running = false;
  }

  async find() {
    const { choice, probe } = this;
    const without = probe.sampleHere();
    const answer = await this.answerTo(choice, without, this.still).catch(() => null);
    if (this.stopped) return;
    if (!answer) return void this.dispatchEvent(new Event("failed"));
    if (answer === this.last?.answer && choice === this.last.choice && this.last.pictures) return this.sayCurrent();
    const { beside, ...first } = answer;
    const lists = { latent: first, ...beside };
    const shown = shownSpaces(choice.near, probe.card).filter((space) => lists[space]);
    const indices = shown.flatMap((space) => lists[space].neighbours.map(({ index }) => index));
    const pictures = await this.pictures.load(indices).then(() => true, () => false);
    if (this.stopped) return;
    this.last = { answer, lists, without, pictures, choice };
    this.dispatchEvent(new CustomEvent("nearest", { detail: this.last }));
    this.sayCurrent();
  }

  /**
   * In pixel space the picture that the probe stands on is compared, where it is at hand, and else the decoded one.
   * @param {Choice} choice @param {number|null} without @param {boolean} still
   */
  async answerTo({ k, near, metric }, without, still) {
    const { api, probe } = this;
    const latent = probe.latent.slice();
    const beside = shownSpaces(near, probe.card).filter((space) => space === "view" || (space === "pixel" && still));
    const pixel = beside.includes("pixel");
    const { kind, picture } = probe.anchor;
    const given = pixel && kind === "upload" && probe.atAnchor() && picture ? await rgbOf(picture) : null;
    const original = pixel && probe.card.has_images ? without : null;
    return api.nearest(latent, { k, metric, spaces: ["latent", ...beside], without, original }, given);
  }

  /** An old answer may be that to where the probe is now: there is no `nearest` then. */
  sayCurrent() {
    if (!this.wanted) this.dispatchEvent(new CustomEvent("current", { detail: this.last }));
  }

  /** @param {number} wait milliseconds */
  rest(wait) {
    if (this.hurry) return Promise.resolve();
    return new Promise((wake) => {
      const timer = window.setTimeout(wake, wait);
      this.wake = () => { clearTimeout(timer); wake(); };
    });
  }

  dispose() {
    this.listening.abort();
    this.wake?.();
  }
}
