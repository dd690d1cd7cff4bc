/**
 * Where in the film we are: a number between two frames, how it moves on, and whether it follows the newest frame. No
 * drawing here.
 */

const LENGTH = { frame: 260, least: 4000, most: 20000 }; // milliseconds at normal speed
const REST = 900; // at the end, before a loop begins again
const GLIDE = 280; // of one step by hand
const CATCH_UP = 900; // to a frame that has just come

export const SPEEDS = [0.25, 0.5, 1, 2, 4];

/** Events: "move" (position or frame count), "state" (playing, loop, speed, following). */
export class Timeline extends EventTarget {
  constructor() {
    super();
    this.count = 0;
    this.position = 0;
    this.speed = 1;
    this.loop = false;
    this.playing = false;
    this.following = true;
    this.glide = null;
    this.rest = 0;
  }

  get last() {
    return Math.max(0, this.count - 1);
  }

  /** Frames per millisecond at normal speed. */
  get rate() {
    return this.last / Math.min(LENGTH.most, Math.max(LENGTH.least, LENGTH.frame * this.last));
  }

  get moving() {
    return this.playing || this.glide !== null;
  }

  /**
   * @param {number} count of frames @param {number} position where this moment of the film is now @param {boolean} live
   */
  setCount(count, position, live) {
    const first = this.count === 0;
    this.count = count;
    this.live = live;
    this.position = Math.min(Math.max(0, first ? count - 1 : position), this.last);
    if (!first && live && this.following && !this.playing) this.glideTo(this.last, CATCH_UP);
    this.tell("move", "state");
  }

  /** @param {number} position by hand */
  seek(position) {
    this.glide = null;
    this.rest = 0;
    this.position = Math.min(this.last, Math.max(0, position));
    this.following = this.position >= this.last;
    this.tell("move", "state");
  }

  /** @param {number} frames forth or back, to a whole frame */
  step(frames) {
    this.pause();
    const from = this.glide?.to ?? this.position;
    const whole = frames > 0 ? Math.floor(from + 1e-6) : Math.ceil(from - 1e-6);
    const target = Math.min(this.last, Math.max(0, whole + frames));
    this.following = target === this.last;
    this.glideTo(target, GLIDE);
    this.tell("state");
  }

  glideTo(to, time) {
    this.glide = { from: this.position, to, time, spent: 0 };
    this.tell("move");
  }

  newest() {
    this.playing = false;
    this.following = true;
    this.glideTo(this.last, CATCH_UP);
    this.tell("state");
  }

  play() {
    if (this.last === 0) return;
    this.glide = null;
    if (this.position >= this.last) this.position = 0;
    this.rest = 0;
    this.playing = true;
    this.following = false;
    this.tell("move", "state");
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.tell("state");
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** @param {Partial<{speed: number, loop: boolean}>} change */
  set(change) {
    Object.assign(this, change);
    this.tell("state");
  }

  /**
   * Time passes.
   * @param {number} elapsed milliseconds @param {(position: number) => boolean} ready whether that moment can be drawn
   */
  advance(elapsed, ready) {
    if (this.glide) this.advanceGlide(elapsed, ready);
    else if (this.playing) this.advancePlay(elapsed, ready);
  }

  advanceGlide(elapsed, ready) {
    const { from, to, time, spent } = this.glide;
    const share = Math.min(1, (spent + elapsed) / time);
    const next = from + (to - from) * share * share * (3 - 2 * share);
    if (!ready(next)) return;
    this.glide.spent += elapsed;
    this.position = next;
    if (share === 1) { this.position = to; this.glide = null; }
    this.tell("move");
  }

  advancePlay(elapsed, ready) {
    if (this.position >= this.last) return this.atEnd(elapsed);
    const next = Math.min(this.last, this.position + elapsed * this.rate * this.speed);
    if (!ready(next)) return;
    this.position = next;
    this.tell("move");
  }

  /** A loop rests and begins again; a live film goes on with what comes; any other has ended. */
  atEnd(elapsed) {
    this.rest += elapsed;
    if (!this.loop) { this.following = true; this.pause(); this.tell("state"); return; }
    if (this.rest < REST) return;
    this.rest = 0;
    this.position = 0;
    this.tell("move");
  }

  tell(...names) {
    for (const name of names) this.dispatchEvent(new Event(name));
  }
}
