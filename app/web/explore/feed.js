/**
 * The samples nearest to the probe, asked once for all that show them: the list, the gauge, the rings in the scene.
 *
 * One question is in flight and the newest position wins. Between two questions the feed rests at least `PAUSE`, and
 * where an answer takes long (a busy machine, a slow line) several times as long as that: the picture under the hand
 * comes first. A hand at rest ends the rest, and so does a jump: both want the answer to where the probe is now.
 * Events: `nearest` (detail: see `NearestFeed.last`), once its pictures are at hand too; `current` (the same detail),
 * when that is the answer to where the probe is now; `failed` when there is no answer.
 */

const PAUSE = 150; // ms
const REST = 4; // times as long as the last answer took
const LONGEST = 600; // ms

/**
 * `without`: the sample that is left out, because the probe stands on it; `pictures`: whether they could be had.
 * @typedef {{answer: import("../core/api.js").Nearest, without: number|null, pictures: boolean}} Found
 */

export class NearestFeed extends EventTarget {
  /**
   * @param {import("../core/api.js").Api} api
   * @param {import("./probe.js").Probe} probe
   * @param {import("../core/pictures.js").SamplePictures} pictures
   * @param {number} k how many
   */
  constructor(api, probe, pictures, k) {
    super();
    this.api = api;
    this.probe = probe;
    this.pictures = pictures;
    this.k = k;
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

  /** @param {number} k */
  setK(k) {
    this.k = k;
    this.ask(true);
  }

  /** @param {boolean} [now] without the rest that is left */
  ask(now = false) {
    this.wanted = true;
    this.hurry ||= now;
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
    const without = this.probe.sampleHere();
    const answer = await this.api.nearest(this.probe.latent, this.k, without).catch(() => null);
    if (this.stopped) return;
    if (!answer) return void this.dispatchEvent(new Event("failed"));
    if (answer === this.last?.answer && this.last.pictures) return this.sayCurrent();
    const indices = answer.neighbours.map(({ index }) => index);
    const pictures = await this.pictures.load(indices).then(() => true, () => false);
    if (this.stopped) return;
    this.last = { answer, without, pictures };
    this.dispatchEvent(new CustomEvent("nearest", { detail: this.last }));
    this.sayCurrent();
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
