/** One quiet line while the photographs are not at hand, with the button that fetches them. */

import { h } from "./dom.js";

const PAUSE = 1000;

export class DatasetLine {
  /** @param {HTMLElement} slot @param {import("./panels.js").Context} context @param {() => void} arrived */
  constructor(slot, context, arrived) {
    Object.assign(this, { slot, context, arrived });
    slot.hidden = context.has_images;
    if (!context.has_images) this.refresh();
  }

  async refresh() {
    const state = await this.context.api.data().catch(() => null);
    if (this.gone || !state) return;
    this.show(state);
    if (state.state === "downloading") this.timer = window.setTimeout(() => this.refresh(), PAUSE);
    if (state.state === "ready" && this.waiting) this.arrived();
  }

  /** @param {{state: string, done: number, total: number, message: string}} state */
  show({ state, done, total, message }) {
    const { t } = this.context;
    const share = total ? done / total : 0;
    const words = { downloading: t("data.downloading", { percent: Math.round(100 * share) }), failed: t("data.failed", { message }) }[state] ?? t("data.absent");
    const button = h("button", { class: "mx-button", type: "button", title: t("data.download.help"), "data-testid": "data-download", onclick: () => this.start() },
      t(state === "failed" ? "data.again" : "data.download"));
    this.slot.replaceChildren(h("p", { class: "mx-note" }, words), state === "downloading" ? h("progress", { value: share, max: 1 }) : button);
    this.waiting ||= state === "downloading";
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
