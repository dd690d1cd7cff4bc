/** The chosen training: where it stands, what that means, and what can be done with it. */

import { h, icon } from "../core/dom.js";
import { RUN_STATE, RUN_TITLE_MOST } from "../shared/contract.js";
import { sameFilm } from "./choice.js";
import { duration, feltState, shareDone, stateWords } from "./words.js";

const LOCKABLE = ["stop", "resume", "rename", "delete"]; // only by whoever began the run, and by the teacher

export class StatusPanel {
  /**
   * @param {HTMLElement} slot @param {import("./page.js").Context} context @param {import("./watch.js").Watch} watch
   * @param {{copy: (name: string) => void, failed: (error: Error) => void}} tell
   */
  constructor(slot, context, watch, tell) {
    this.slot = slot;
    this.context = context;
    this.watch = watch;
    this.tell = tell;
    this.title = h("h2", { class: "mx-panel-title mx-status-title", "data-testid": "run-title" });
    this.state = h("span", { class: "mx-chip", "data-testid": "run-state", role: "status" });
    this.fill = h("span");
    this.bar = h("div", {
      class: "mx-progress", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100,
      "data-testid": "run-progress",
    }, this.fill);
    this.figures = h("p", { class: "mx-figures", "data-testid": "run-figures" });
    this.says = h("p", { class: "mx-note", "data-testid": "run-says" });
    this.message = h("p", { class: "mx-note mx-note-problem", "data-testid": "run-message" });
    this.buttons = h("div", { class: "mx-actions" });
    this.ask = h("div", { class: "mx-ask" });
    slot.replaceChildren(
      h("div", { class: "mx-status-head" }, this.title, this.state), this.bar, this.figures, this.message, this.says,
      this.buttons, this.ask,
    );
  }

  /** @param {import("./watch.js").Entry|null} entry @param {import("./classroom.js").Standing|null} standing */
  show(entry, standing) {
    this.slot.hidden = entry === null;
    if (!entry) return;
    if (!sameFilm(entry, this.entry)) this.answerNothing();
    this.entry = entry;
    this.describe(entry);
    this.locked = this.locks(entry, standing);
    const offered = JSON.stringify([entry.kind, entry.name, this.actions(entry), this.locked]);
    if (offered !== this.offered) this.offer(entry);
    this.offered = offered;
  }

  describe(entry) {
    const { t, language } = this.context;
    const felt = feltState(entry);
    const done = shareDone(entry);
    this.title.textContent = entry.title[language];
    this.state.hidden = entry.kind === "models";
    this.state.textContent = entry.kind === "runs" ? stateWords(entry, t) : "";
    this.state.dataset.state = entry.state;
    this.bar.hidden = entry.kind === "models" || !entry.epochs || entry.state === RUN_STATE.FINISHED;
    this.bar.dataset.state = entry.state;
    this.bar.setAttribute("aria-valuenow", String(Math.round(100 * done)));
    this.bar.setAttribute("aria-label", t("run.epochs", entry));
    this.fill.style.width = `${100 * done}%`;
    this.figures.replaceChildren(...this.numbers(entry).map((words) => h("span", {}, words)));
    this.message.textContent = entry.message;
    this.message.hidden = !entry.message;
    const says = entry.state === RUN_STATE.FAILED && !entry.readable ? "broken" : felt;
    this.says.textContent = this.context.strings[`run.says.${says}`] ?? "";
    this.says.hidden = !this.says.textContent;
  }

  numbers(entry) {
    const { t, language } = this.context;
    if (entry.kind === "models" || !entry.epochs) return [];
    const running = entry.state === RUN_STATE.RUNNING && entry.step > 0;
    const epoch = running && entry.step < entry.steps ? entry.epoch + 1 : entry.epoch;
    const speed = (count) => t("run.speed", { count: Math.round(count).toLocaleString(language) });
    return [
      running ? t("run.epoch", { epoch, epochs: entry.epochs }) : t("run.epochs", entry),
      running && entry.images_per_second && speed(entry.images_per_second),
      running && entry.seconds_left !== null && t("run.left", { time: duration(entry.seconds_left, t) }),
      entry.state === RUN_STATE.FINISHED && entry.seconds && t("run.took", { time: duration(entry.seconds, t) }),
    ].filter(Boolean);
  }

  /** What can be done now, by name. */
  actions(entry) {
    const own = entry.kind === "runs";
    const can = {
      stop: own && entry.can_stop,
      resume: own && entry.can_resume,
      explore: entry.has_model,
      copy: own && entry.readable,
      rename: own && entry.readable,
      delete: own && !entry.at_work,
    };
    return Object.keys(can).filter((name) => can[name]);
  }

  /** Why something cannot be done by whoever looks, by name. */
  locks(entry, standing) {
    if (entry.kind !== "runs" || !standing) return {};
    const locked = entry.locked ? Object.fromEntries(LOCKABLE.map((name) => [name, standing.locked.others])) : {};
    return standing.locked.train ? { resume: standing.locked.train, ...locked } : locked;
  }

  offer(entry) {
    const { t, language } = this.context;
    const link = `${this.watch.base}?${new URLSearchParams({ model: entry.name, lang: language })}`;
    const made = {
      stop: () => this.button("stop", () => this.act("stop")),
      resume: () => this.button("resume", () => this.act("resume"), !entry.has_model),
      explore: () => h("a", {
        class: "mx-button mx-button-primary", href: link, title: t("run.explore.help"), "data-testid": "run-explore",
      }, t("run.explore")),
      copy: () => this.button("copy", () => this.tell.copy(entry.name)),
      rename: () => this.button("rename", () => this.askTitle()),
      delete: () => this.button("delete", () => this.askWhetherToDelete()),
    };
    const names = this.actions(entry);
    const order = ["explore", "stop", "resume", "copy", "rename", "delete"].filter((name) => names.includes(name));
    const why = [...new Set(order.map((name) => this.locked[name]).filter(Boolean))];
    const says = why.map((sentence) => h("p", { class: "mx-locked-says", "data-testid": "run-locked" }, sentence));
    this.buttons.replaceChildren(...order.map((name) => made[name]()), ...says);
    if (order.some((name) => this.locked[name])) this.answerNothing();
  }

  button(name, run, primary = false) {
    const { t } = this.context;
    const why = this.locked[name];
    const kind = `mx-button${primary && !why ? " mx-button-primary" : ""}${why ? " mx-locked" : ""}`;
    const options = {
      class: kind, type: "button", title: why ?? t(`run.${name}.help`), disabled: Boolean(why),
      "data-testid": `run-${name}`,
    };
    return h("button", { ...options, onclick: run }, why && icon("lock"), t(`run.${name}`));
  }

  async act(action, body) {
    const buttons = /** @type {HTMLButtonElement[]} */ ([...this.slot.querySelectorAll("button:not(.mx-locked)")]);
    for (const button of buttons) button.disabled = true;
    const failure = await this.watch.act(this.entry.name, action, body).then(() => null, (error) => error);
    for (const button of buttons) button.disabled = false;
    if (failure) this.tell.failed(failure);
    else this.answerNothing();
  }

  askTitle() {
    const { t, language } = this.context;
    const input = h("input", {
      class: "mx-input", type: "text", maxlength: RUN_TITLE_MOST, required: true, "aria-label": t("run.rename.label"),
      "data-testid": "run-new-title",
    });
    input.value = this.entry.title[language];
    const save = h("button", { class: "mx-button mx-button-primary", type: "submit", "data-testid": "run-rename-save" },
      t("run.rename.save"));
    const rename = (event) => { event.preventDefault(); this.act("rename", { title: input.value }); };
    this.question(h("form", { class: "mx-ask-row", onsubmit: rename }, input, save, this.cancel()));
    input.select();
  }

  askWhetherToDelete() {
    const { t, language } = this.context;
    const yes = h("button", {
      class: "mx-button mx-button-danger", type: "button", "data-testid": "run-delete-yes",
      onclick: () => this.act("delete"),
    }, t("run.delete.yes"));
    const sentence = h("p", { class: "mx-note" }, t("run.delete.sure", { title: this.entry.title[language] }));
    this.question(h("div", { class: "mx-ask-box", role: "alertdialog", "aria-label": t("run.delete") },
      sentence, h("div", { class: "mx-ask-row" }, yes, this.cancel())));
    /** @type {HTMLElement} */ (this.ask.querySelector("[data-testid=run-cancel]")).focus();
  }

  cancel() {
    return h("button", {
      class: "mx-button", type: "button", "data-testid": "run-cancel", onclick: () => this.answerNothing(),
    }, this.context.t("run.cancel"));
  }

  question(form) {
    this.buttons.hidden = true;
    this.ask.replaceChildren(form);
    form.addEventListener("keydown", (event) => event.key === "Escape" && this.answerNothing());
  }

  answerNothing() {
    this.buttons.hidden = false;
    this.ask.replaceChildren();
  }

  dispose() {
    this.slot.replaceChildren();
  }
}
