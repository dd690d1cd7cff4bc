/**
 * Takes the probe along a walk: where it is on it, a number between two steps, and whether it goes on by itself.
 * Another move of the probe ends that.
 *
 * Events: `move` (position), `state` (playing, speed, loop).
 */

export const SPEEDS = [0.25, 0.5, 1, 2];

const LEG = 4000; // ms from stop to stop at normal speed

export class Player extends EventTarget {
  /** @param {import("./walk.js").Walk} walk @param {import("../explore/probe.js").Probe} probe */
  constructor(walk, probe) {
    super();
    this.walk = walk;
    this.probe = probe;
    this.position = 0;
    this.playing = false;
    this.loop = false;
    this.speed = 1;
    this.frame = 0;
    this.abort = new AbortController();
    const { signal } = this.abort;
    walk.addEventListener("way", () => this.follow(), { signal });
    probe.addEventListener("move", () => this.ours || this.pause(), { signal });
  }

  get last() {
    return this.walk.way ? this.walk.way.latents.length - 1 : 0;
  }

  /** Another way: the place on it stays in proportion. */
  follow() {
    if (!this.walk.way) this.pause();
    this.position = this.lastBefore ? (this.position * this.last) / this.lastBefore : 0;
    this.lastBefore = this.last;
    this.tell("move");
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (!this.last) return;
    if (this.position >= this.last) this.position = 0;
    this.playing = true;
    this.before = performance.now();
    this.frame = requestAnimationFrame((now) => this.go(now));
    this.tell("state");
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.frame);
    this.probe.settle();
    this.tell("state");
  }

  /** @param {number} now */
  go(now) {
    const { last, walk } = this;
    const rate = last / (LEG * (walk.way.at.length - 1));
    const next = this.position + this.speed * rate * Math.max(0, now - this.before);
    this.before = now;
    this.take(this.loop && next > last ? 0 : Math.min(next, last));
    if (this.position >= last && !this.loop) this.pause();
    else if (this.playing) this.frame = requestAnimationFrame((then) => this.go(then));
  }

  /** By hand. @param {number} position */
  seek(position) {
    this.pause();
    this.take(Math.min(this.last, Math.max(0, position)));
  }

  /** @param {number} position */
  take(position) {
    this.position = position;
    this.ours = true;
    try {
      this.probe.moveToLatent(this.latentAt(position));
    } finally {
      this.ours = false;
    }
    this.tell("move");
  }

  /** @param {number} position @returns {number[]} on the line between two steps */
  latentAt(position) {
    const { latents } = this.walk.way;
    const at = Math.min(Math.floor(position), Math.max(0, this.last - 1));
    const share = position - at;
    return latents[at].map((value, axis) => value + share * (latents[Math.min(at + 1, this.last)][axis] - value));
  }

  /** @param {{speed?: number, loop?: boolean}} choice */
  set(choice) {
    Object.assign(this, choice);
    this.tell("state");
  }

  /** @param {"move"|"state"} name */
  tell(name) {
    this.dispatchEvent(new Event(name));
  }

  dispose() {
    this.pause();
    this.abort.abort();
  }
}
