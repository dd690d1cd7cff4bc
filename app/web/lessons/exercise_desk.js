/** What the steps of the exercise share: the learner's work, what the server knows of it, the words. */

import { Api } from "../core/api.js";
import { ask } from "../core/ask.js";
import { Camera } from "../view/camera.js";
import { keepWork, readWork } from "./exercise_work.js";

/**
 * A model that a training has left.
 * @typedef {{api: Api, card: import("../core/api.js").Card, labels: Uint8Array, points: Float32Array}} Model
 */

/** Event: `work` (something of it has changed). */
export class Desk extends EventTarget {
  /** @param {import("../learn/contents.js").PageContext} context */
  constructor(context) {
    super();
    this.context = context;
    this.t = context.t;
    this.work = readWork();
    this.camera = new Camera();
    /** @type {Map<string, {version: string, whole: Promise<Model>}>} by name of the run, the newest that was seen */
    this.models = new Map();
  }

  /** @param {Partial<import("./exercise_work.js").Work>} changes */
  keep(changes) {
    Object.assign(this.work, changes);
    keepWork(this.work);
    this.dispatchEvent(new Event("work"));
  }

  /** @param {string} path below /api @returns {Promise<*>} @throws {import("../core/ask.js").ApiError} */
  async json(path) {
    return (await ask(new URL(`api/${path}`, this.context.base).href)).json();
  }

  /** @returns {Promise<import("../train/watch.js").Entry[]>} the trainings, one's own first, the newest first */
  async runs() {
    const runs = await this.json("runs");
    return [...runs.filter((run) => run.yours), ...runs.filter((run) => !run.yours)];
  }

  /** As it is now: a run that was stopped may have gone on. @param {string} name of a run that has a model */
  async model(name) {
    const api = new Api(this.context.base, name);
    const card = await api.model();
    const known = this.models.get(name);
    if (known?.version === card.version) return known.whole;
    const asked = { version: card.version, whole: this.load(api, card) };
    this.models.set(name, asked);
    asked.whole.catch(() => this.models.get(name) === asked && this.models.delete(name));
    return asked.whole;
  }

  /** @param {Api} api @param {import("../core/api.js").Card} card @returns {Promise<Model>} */
  async load(api, card) {
    const [labels, points] = await Promise.all([api.labels(), api.points(() => {})]);
    return { api, card, labels, points };
  }

  /** @param {{title: Object<string, string>}} named @returns {string} */
  titleOf({ title }) {
    return title[this.context.language];
  }

  /** Train's form, filled in. @param {Object<string, string>} query @returns {string} */
  formLink(query) {
    return `/train?${new URLSearchParams({ ...query, lang: this.context.language })}`;
  }
}

/** n of |f(x) - x|^n. @param {import("../core/api.js").Card} card @returns {number} */
export function powerOf(card) {
  return card.config.objective.power;
}
