/**
 * One quiet line on the data set: how far its download is, the button that starts it, what is wrong with a folder,
 * which files were skipped.
 */

import { h, icon } from "../core/dom.js";

const PAUSE = 1000;
const WITHOUT_DOWNLOAD = "digits"; // the model of the images that are on every machine

/**
 * @typedef {Object} State
 * @property {string} state ready, downloading, absent, failed or unusable
 * @property {number} done bytes
 * @property {number} total bytes
 * @property {string} message
 * @property {Object<string, string>} [title] by language
 * @property {number} [download] bytes that come over the network
 * @property {boolean} [automatic] whether nobody asked for the download but the server
 * @property {string[]} [skipped]
 * @property {string|null} [locked]
 */

export class DatasetLine {
  /** @param {HTMLElement} slot @param {import("./panel_list.js").Context} context @param {() => void} arrived */
  constructor(slot, context, arrived) {
    this.slot = slot;
    this.context = context;
    this.arrived = arrived;
    this.name = context.card.dataset;
    slot.hidden = true;
    this.refresh();
  }

  async refresh() {
    const state = await this.context.api.dataset(this.name).catch(() => null);
    if (this.gone) return;
    if (state) this.show(state);
    const comes = state ? state.state === "downloading" : this.waiting;
    if (comes) this.timer = window.setTimeout(() => this.refresh(), PAUSE);
    if (state?.state === "ready" && this.waiting) this.arrived();
  }

  /** @param {State} told */
  show(told) {
    const { state, done, total, message, skipped = [], locked = null } = told;
    const t = this.naming(told);
    const share = total ? done / total : 0;
    const says = {
      ready: () => skipped.length > 0 && this.skipped(skipped),
      unusable: () => [note(t("data.unusable", { message }))],
      downloading: () => [
        note(t("data.downloading", { percent: Math.round(100 * share) })), this.progress(share, locked, t),
      ],
      failed: () => this.failed(told, t),
      absent: () => [note(t("data.absent")), ...this.offer("data.download", locked, t)],
    };
    const parts = says[state]() || [];
    this.slot.replaceChildren(...parts);
    this.slot.hidden = parts.length === 0;
    this.waiting ||= state === "downloading";
  }

  /** Sentences in which the data set has its name and size. @param {State} told */
  naming({ title, download = 0 }) {
    const { t, language } = this.context;
    const named = { title: title?.[language] ?? this.name, size: Math.round(download / 1e6) };
    return (key, values = {}) => t(key, { ...named, ...values });
  }

  /**
   * A download that nobody asked for fails in one quiet line, beside what can be looked at without it.
   * @param {State} told @param {Say} t
   */
  failed({ message, automatic, locked }, t) {
    if (!automatic) return [note(t("data.failed", { message })), ...this.offer("data.again", locked, t)];
    const address = new URL(location.href);
    address.search = new URLSearchParams({ model: WITHOUT_DOWNLOAD, lang: this.context.language }).toString();
    const link = h("a", { href: address.href, target: "_self", "data-testid": "data-digits" }, t("data.digits"));
    return [
      h("p", { class: "mx-note", title: message }, t("data.offline"), " ", link),
      ...this.offer("data.again", locked, t),
    ];
  }

  /** @param {number} share @param {string|null} locked @param {Say} t */
  progress(share, locked, t) {
    const bar = h("progress", { value: share, max: 1 });
    if (locked) return bar;
    const options = {
      class: "mx-button", type: "button", "data-testid": "data-stop", onclick: () => this.steer("stop"),
    };
    return h("div", { class: "mx-data-progress" }, bar, h("button", options, t("data.stop")));
  }

  /** The button, and why it is locked. @param {string} key @param {string|null} locked @param {Say} t */
  offer(key, locked, t) {
    const options = {
      class: "mx-button", type: "button", title: locked ?? t("data.download.help"), disabled: Boolean(locked),
      "data-testid": "data-download",
    };
    const button = h("button", { ...options, onclick: () => this.steer("download") }, locked && icon("lock"), t(key));
    return locked ? [button, h("p", { class: "mx-note mx-note-locked" }, locked)] : [button];
  }

  /** @param {string[]} files */
  skipped(files) {
    const summary = h("summary", {}, this.context.t("data.skipped", { count: files.length }));
    return [
      h("details", { class: "mx-note", "data-testid": "data-skipped" },
        summary, h("ul", {}, ...files.map((file) => h("li", {}, file)))),
    ];
  }

  /** @param {"download"|"stop"} what */
  async steer(what) {
    this.waiting = what === "download";
    clearTimeout(this.timer);
    const failure = await this.context.api.steerDownload(this.name, what).then(() => null, (error) => error);
    if (failure) this.show({ state: "failed", done: 0, total: 0, message: failure.detail || failure.title });
    else this.timer = window.setTimeout(() => this.refresh(), what === "stop" ? PAUSE : 0);
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
