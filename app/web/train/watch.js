/**
 * What the server knows of trainings, asked once a second: the same for every browser, and there again after a reload.
 */

import { ask } from "../core/ask.js";

const PAUSE = 1000;
const UNSEEN = 5000; // while the page is in the background
const CLASS_TURNS = 4; // of asking for the trainings, between two questions for the class

/**
 * A training, or the film of a model that is here already (`kind` "models": its `state` is "model").
 * @typedef {{kind: "runs"|"models", name: string, title: Object<string, string>, state: string, place: number|null,
 *   message: string, stopping: boolean, epoch: number, epochs: number, step: number, steps: number,
 *   images_per_second: number|null, seconds: number|null, seconds_left: number|null, has_model: boolean,
 *   can_stop: boolean, can_resume: boolean, readable: boolean, at_work: boolean, live: boolean, filmed: boolean,
 *   locked: boolean, mine: boolean, dataset?: Object<string, string>}} Entry `dataset`: of a model, the title of its
 *   images
 */

/** Fires "change" when there is news, and "line" ("online" or "offline"). */
export class Watch extends EventTarget {
  /** @param {string} base the app's root URL, ending in a slash */
  constructor(base) {
    super();
    this.base = base;
    this.known = false;
    /** @type {Entry[]} */
    this.runs = [];
    /** @type {Entry[]} */
    this.films = [];
    /** @type {import("./classroom.js").Standing|null} */
    this.standing = null;
    this.turns = 0;
    this.abort = new AbortController();
    document.addEventListener("visibilitychange", () => document.hidden || this.now(), { signal: this.abort.signal });
  }

  start() {
    this.now();
  }

  /** Asks at once, and from then on every second. */
  async now() {
    clearTimeout(this.timer);
    const turn = (this.turn = {});
    const failure = await this.ask(turn).then(() => null, (error) => error);
    if (this.abort.signal.aborted || turn !== this.turn) return;
    const line = new CustomEvent("line", { detail: failure ? "offline" : "online" });
    if (Boolean(failure) !== Boolean(this.broken)) this.dispatchEvent(line);
    this.broken = failure;
    this.timer = window.setTimeout(() => this.now(), document.hidden ? UNSEEN : PAUSE);
  }

  /** @param {object} turn an answer to an earlier question must not undo a later one's */
  async ask(turn) {
    const runs = (await this.json("runs")).map(asEntry);
    const ended = runs.filter((run) => run.has_model).map((run) => run.name).join();
    const films = this.known && ended === this.ended ? null : await this.json("films");
    const standing = this.turns++ % CLASS_TURNS === 0 ? await this.json("class") : this.standing;
    if (turn !== this.turn) return;
    for (const run of runs) run.mine = run.yours && standing.role === "student";
    const names = new Set(runs.map((run) => run.name));
    if (films) this.films = films.filter((film) => !names.has(film.name)).map(asFilm);
    this.runs = runs;
    this.ended = ended;
    this.standing = standing;
    this.known = true;
    this.dispatchEvent(new Event("change"));
  }

  /** @param {import("./choice.js").Choice} choice @returns {Entry|null} */
  find({ kind, name }) {
    return (kind === "runs" ? this.runs : this.films).find((entry) => entry.name === name) ?? null;
  }

  /**
   * Does something with a run, then looks.
   * @param {string} name @param {"stop"|"resume"|"rename"|"delete"} action @param {object} [body]
   */
  async act(name, action, body = {}) {
    await this.post(`runs/${encodeURIComponent(name)}/${action}`, body);
    this.turns = 0;
    await this.now();
  }

  /** Changes something in the class, then looks. @param {"sign-in"|"sign-out"|"rules"} action @param {object} [body] */
  async change(action, body = {}) {
    await this.post(`class/${action}`, body);
    this.turns = 0;
    await this.now();
  }

  /** @param {string} path @param {object} body */
  async post(path, body) {
    return this.json(path, {
      method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" },
    });
  }

  /** @param {Entry} entry @returns {Promise<Object<string, *>>} the configuration it was made with */
  async config({ kind, name }) {
    return (await this.json(`${kind}/${encodeURIComponent(name)}`)).config ?? {};
  }

  /** @param {string} path below /api @param {RequestInit} [options] @throws {ApiError} */
  async json(path, options) {
    return (await ask(`${this.base}api/${path}`, { ...options, signal: this.abort.signal })).json();
  }

  dispose() {
    this.abort.abort();
    clearTimeout(this.timer);
  }
}

/** @returns {Entry} */
function asEntry(run) {
  return { ...run, kind: "runs", readable: run.epochs > 0 };
}

/** @returns {Entry} */
function asFilm(film) {
  return {
    ...film, state: "model", place: null, message: "", stopping: false, has_model: true, can_stop: false,
    can_resume: false, readable: true, at_work: false, live: false, filmed: true, locked: false, mine: false,
  };
}
