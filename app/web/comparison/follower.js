/**
 * Follows the probe in a second model. One question is in flight and the newest subject wins; after an answer it rests,
 * several times as long as that took: the picture under the hand comes first.
 *
 * Events: `found` (detail: Followed); `failed` when there is no answer.
 */

import { addressesOf } from "../core/batch_decoder.js";
import { newestWins } from "../core/newest.js";
import { rgbOf } from "../core/pixels.js";
import { sameSubject, subjectOf } from "./subject.js";

const PAUSE = 150; // ms between two questions
const REST = 3; // times as long as the last answer took
const LONGEST = 600; // ms

/**
 * @typedef {{position: ArrayLike<number>, picture: string, mse: number|null}} Made where the second model has it, the
 *   address of what its decoder makes of it, and the error of that
 * @typedef {Made & {subject: import("./subject.js").Subject, ours: string}} Followed `ours`: the address of what the
 *   first model makes of it
 */

export class Follower extends EventTarget {
  /**
   * @param {import("../explore/probe.js").Probe} probe @param {import("../explore/stream.js").DecodeStream} stream
   * @param {import("../core/api.js").Api} ours @param {import("../core/api.js").Api} theirs
   * @param {Uint8Array<ArrayBuffer>|null} pixels that were decoded last
   */
  constructor(probe, stream, ours, theirs, pixels) {
    super();
    this.probe = probe;
    this.ours = ours;
    this.theirs = theirs;
    this.pixels = pixels;
    /** @type {import("./subject.js").Subject|null} that was asked about last */
    this.subject = null;
    this.questions = newestWins((subject) => this.answer(subject), PAUSE);
    this.listening = new AbortController();
    const { signal } = this.listening;
    for (const event of ["move", "anchor", "settle"]) probe.addEventListener(event, () => this.look(), { signal });
    const decoded = (/** @type {CustomEvent} */ { detail }) => { this.pixels = detail.pixels; this.look(); };
    stream.addEventListener("image", decoded, { signal });
    this.look();
  }

  /** Asks, if there is anything new. A probe that moves freely is asked about when its picture is there. */
  look() {
    const subject = subjectOf(this.probe, this.pixels);
    if (!subject || sameSubject(subject, this.subject)) return;
    this.subject = subject;
    this.questions.ask(subject);
  }

  /** @param {import("./subject.js").Subject} subject */
  async answer(subject) {
    const start = performance.now();
    const found = await this.made(subject).catch(() => null);
    const overtaken = subject.kind !== "decoded" && subject !== this.subject;
    if (this.listening.signal.aborted || overtaken || this.left(subject)) return;
    if (found) this.dispatchEvent(new CustomEvent("found", { detail: { ...found, subject } }));
    else this.fail();
    const rest = Math.min(REST * (performance.now() - start), LONGEST);
    await new Promise((wake) => { setTimeout(wake, rest); });
  }

  /** What found no answer is asked again when the probe rests, as it does when the line is back. */
  fail() {
    this.subject = null;
    this.dispatchEvent(new Event("failed"));
  }

  /** Whether the probe has gone from where it moved freely to a sample or a picture meanwhile. */
  left({ kind }) {
    return kind === "decoded" && this.subject?.kind !== "decoded";
  }

  /** @param {import("./subject.js").Subject} subject @returns {Promise<Made & {ours: string}>} */
  async made(subject) {
    const { ours, theirs } = this;
    if (subject.kind === "sample") {
      const { position, mse } = await theirs.sample(subject.index);
      const [mine, picture] = [ours, theirs].map((api) => api.reconstructionUrl(subject.index));
      return { position, mse, picture, ours: mine };
    }
    const upload = subject.kind === "upload";
    const placed = await theirs.place(upload ? await rgbOf(subject.picture) : subject.pixels);
    const mine = upload ? subject.reconstruction : addressesOf(subject.pixels)[0];
    return { position: placed.position, mse: placed.mse, picture: placed.reconstruction, ours: mine };
  }

  dispose() {
    this.listening.abort();
    this.questions.stop();
  }
}
