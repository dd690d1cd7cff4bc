/** One quiet line on the data: the button that fetches photographs while there are none, what is wrong with a folder, which files were skipped. */

import { h } from "./dom.js";

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

  /** @param {{state: string, done: number, total: number, message: string, skipped?: string[]}} state */
  show({ state, done, total, message, skipped = [] }) {
    const { t } = this.context;
    const share = total ? done / total : 0;
    const says = {
      ready: () => skipped.length > 0 && this.skipped(skipped),
      unusable: () => [note(t("data.unusable", { message }))],
      downloading: () => [note(t("data.downloading", { percent: Math.round(100 * share) })), h("progress", { value: share, max: 1 })],
      failed: () => [note(t("data.failed", { message })), this.button("data.again")],
      absent: () => [note(t("data.absent")), this.button("data.download")],
    };
    const parts = says[state]() || [];
    this.slot.replaceChildren(...parts);
    this.slot.hidden = parts.length === 0;
    this.waiting ||= state === "downloading";
  }

  button(key) {
    const { t } = this.context;
    return h("button", { class: "mx-button", type: "button", title: t("data.download.help"), "data-testid": "data-download", onclick: () => this.start() }, t(key));
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
