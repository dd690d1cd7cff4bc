/** One quiet line on the data: the button that fetches photographs while there are none, what is wrong with a folder, which files were skipped. */

import { h, icon } from "./dom.js";

const PAUSE = 1000;

export class DatasetLine {
  /** @param {HTMLElement} slot @param {import("./panels.js").Context} context @param {() => void} arrived */
  constructor(slot, context, arrived) {
    Object.assign(this, { slot, context, arrived });
    slot.hidden = true;
    this.refresh();
  }

  async refresh() {
    const state = await this.context.api.data().catch(() => null);
    if (this.gone) return;
    if (state) this.show(state);
    if (state ? state.state === "downloading" : this.waiting) this.timer = window.setTimeout(() => this.refresh(), PAUSE);
    if (state?.state === "ready" && this.waiting) this.arrived();
  }

  /** @param {{state: string, done: number, total: number, message: string, skipped?: string[], locked?: string|null}} state */
  show({ state, done, total, message, skipped = [], locked = null }) {
    const { t } = this.context;
    const share = total ? done / total : 0;
    const says = {
      ready: () => skipped.length > 0 && this.skipped(skipped),
      unusable: () => [note(t("data.unusable", { message }))],
      downloading: () => [note(t("data.downloading", { percent: Math.round(100 * share) })), h("progress", { value: share, max: 1 })],
      failed: () => [note(t("data.failed", { message })), ...this.offer("data.again", locked)],
      absent: () => [note(t("data.absent")), ...this.offer("data.download", locked)],
    };
    const parts = says[state]() || [];
    this.slot.replaceChildren(...parts);
    this.slot.hidden = parts.length === 0;
    this.waiting ||= state === "downloading";
  }

  /** The button, and why it is locked. @param {string} key @param {string|null} locked */
  offer(key, locked) {
    const { t } = this.context;
    const options = { class: "mx-button", type: "button", title: locked ?? t("data.download.help"), disabled: Boolean(locked), "data-testid": "data-download" };
    const button = h("button", { ...options, onclick: () => this.start() }, locked && icon("lock"), t(key));
    return locked ? [button, note(locked)] : [button];
  }

  /** @param {string[]} files */
  skipped(files) {
    const summary = h("summary", {}, this.context.t("data.skipped", { count: files.length }));
    return [h("details", { class: "mx-note", "data-testid": "data-skipped" }, summary, h("ul", {}, ...files.map((file) => h("li", {}, file))))];
  }

  async start() {
    this.waiting = true;
    const failure = await this.context.api.download().then(() => null, (error) => error);
    if (failure) this.show({ state: "failed", done: 0, total: 0, message: failure.detail || failure.title });
    else this.refresh();
  }

  dispose() {
    this.gone = true;
    clearTimeout(this.timer);
    this.slot.replaceChildren();
  }
}

/** @param {string} words */
function note(words) {
  return h("p", { class: "mx-note" }, words);
}
