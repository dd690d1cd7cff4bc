/** Computes methods one after the other for as long as somebody waits, and tells how far it is. */

import { ApiError } from "../core/ask.js";
import { h } from "../core/dom.js";

const TICK = 500; // ms
const CONFLICT = 409; // this method cannot be computed of these images; the others may
const DEAD = { at: 0, done: 0, began: 0 };

/** @typedef {{name: string, title: string, expected: number}} Task `expected`: seconds */

export class Computing {
  /**
   * @param {Say} t @param {import("./results.js").Results} results
   * @param {(name: string) => void} arrived
   */
  constructor(t, results, arrived) {
    this.t = t;
    this.results = results;
    this.arrived = arrived;
    /** @type {AbortController|null} while it runs */
    this.running = null;
    /** @type {Task[]} */
    this.tasks = [];
    this.state = { ...DEAD };
    this.note = h("p", { class: "mx-note", role: "status", "data-testid": "reduction-state" });
    this.bar = h("progress", { max: 1, value: 0, "aria-label": t("reduction.compute"), hidden: true });
    this.button = h("button", {
      class: "mx-button", type: "button", "data-testid": "reduction-compute",
      onclick: () => (this.running ? this.stop() : this.start()),
    }, t("reduction.compute"));
    this.problems = h("p", { class: "mx-note mx-note-problem", role: "status", "data-testid": "reduction-problems" });
    this.root = h("div", { class: "mx-reduction-computing" }, this.note, this.bar, this.button, this.problems);
  }

  /** @param {Task[]} tasks what is missing @param {number} all @param {boolean} possible whether images are at hand */
  offer(tasks, all, possible) {
    if (this.running) return;
    this.tasks = tasks;
    this.all = all;
    this.possible = possible;
    this.root.hidden = !tasks.length;
    this.button.hidden = !possible;
    this.note.textContent = this.t(possible ? "reduction.missing" : "reduction.away", { count: tasks.length, all });
  }

  async start() {
    const running = (this.running = new AbortController());
    const waiting = [...this.tasks];
    this.problems.textContent = "";
    this.button.textContent = this.t("reduction.stop");
    this.bar.hidden = false;
    this.state = { ...DEAD };
    const timer = setInterval(() => this.tell(waiting), TICK);
    for (const [at, { name, title, expected }] of waiting.entries()) {
      this.state = { ...this.state, at, began: performance.now() };
      this.tell(waiting);
      const problem = await this.one(name, running.signal);
      if (running.signal.aborted) break;
      if (problem) this.complain(title, problem);
      if (problem && problem.status !== CONFLICT) break;
      this.state.done += expected;
    }
    clearInterval(timer);
    if (this.running === running) this.rest();
  }

  /** @param {string} name @param {AbortSignal} signal @returns {Promise<ApiError|null>} what speaks against it */
  async one(name, signal) {
    try {
      await this.results.compute(name, signal);
      if (signal.aborted) return null;
      this.tasks = this.tasks.filter((task) => task.name !== name);
      this.arrived(name);
      return null;
    } catch (error) {
      return error instanceof ApiError ? error : new ApiError("", String(error));
    }
  }

  complain(name, { message }) {
    this.problems.append(h("span", {}, this.t("reduction.unable", { name, reason: message }), " "));
  }

  /** @param {Task[]} waiting */
  tell(waiting) {
    const { at, done, began } = this.state;
    const task = waiting[at];
    const whole = waiting.reduce((sum, { expected }) => sum + expected, 0);
    const elapsed = (performance.now() - began) / 1000;
    const now = done + Math.min(elapsed, 0.95 * task.expected);
    this.bar.value = now / whole;
    const seconds = Math.max(1, Math.round(whole - now));
    this.note.textContent = this.t("reduction.running", { name: task.title, at: at + 1, all: waiting.length, seconds });
  }

  stop() {
    this.running.abort();
    this.rest();
  }

  rest() {
    this.running = null;
    this.bar.hidden = true;
    this.button.textContent = this.t("reduction.compute");
    this.offer(this.tasks, this.all, this.possible);
  }

  dispose() {
    this.running?.abort();
    this.running = null;
  }
}
