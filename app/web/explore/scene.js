/**
 * The scene's entry: mounts the explorer into Streamlit's component and keeps it through reruns.
 *
 * Streamlit calls `mount` again whenever its data or the theme changes; the same element then gets an update, never a
 * new scene. Python says which model and which words; the settled view goes into the address bar (view.js) and needs no
 * rerun.
 *
 * For tests and benchmarks: main parts carry `data-testid`; `.mx-root` gets `data-ready="true"` once the cloud can be
 * turned (or WebGL is missing and everything else works); the performance marks are `mx-mounted`, `mx-data`,
 * `mx-plotly` and `mx-interactive`; `window.__mxTimings` is in timings.js.
 */

import { translator } from "../core/dom.js";
import { Explorer } from "./explorer.js";
import { layout } from "./layout.js";
import { Loading } from "../core/loading.js";
import { loadSheets, mounting, removeLoading } from "../core/mounting.js";
import { Notices } from "../core/notices.js";
import { readTheme } from "../core/theme.js";

const SHEETS = [
  "../core/page.css", "marks.css", "toolbar.css", "guide.css", "../core/side.css", "detail.css", "../axes/axes.css",
  "bookmarks.css", "nearest.css", "upload.css", "../comparison/every_model.css", "../selection/selection.css",
  "../reduction/reduction.css",
];

/**
 * @typedef {{model: string, language: string, library: {address: string, packed: number, plain: number}, strings:
 *   Object<string, string>,
 *   view: import("./link.js").View, guide: number}} SceneData `guide` counts how often a person has asked for the first
 *   steps
 * @typedef {{parentElement: HTMLElement, data: SceneData}} Component
 */

/** @type {{model: string, view: import("./link.js").View}|null} what stood here when a person went to another page */
let left = null;

/** @type {Page|null} what began before Streamlit's client ran, until a component takes it over */
let early = null;

let mounted = false;

/**
 * Begins without Streamlit, in a place of the page's HTML (`app/web/start/`), unless its client was first.
 * @param {HTMLElement} host @param {SceneData} data
 */
export function begin(host, data) {
  if (mounted) return;
  removeLoading();
  early = new Page(host);
  early.update({ data });
}

export const mount = mounting((parent) => {
  const page = early ?? new Page(parent);
  early = null;
  mounted = true;
  page.settle(parent);
  return page;
});

class Page {
  /** @param {HTMLElement} parent */
  constructor(parent) {
    performance.mark("mx-mounted");
    this.languageBefore = document.documentElement.lang;
    this.parts = layout();
    this.notices = new Notices(this.parts.notice);
    this.loading = new Loading(this.parts.stage);
    this.styled = loadSheets(SHEETS, import.meta.url);
    parent.append(this.parts.root);
    const { signal } = (this.abort = new AbortController());
    this.parts.root.addEventListener("pointerdown", () => { this.held = true; }, { capture: true, signal });
    const released = () => { this.held = false; };
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, released, { capture: true, signal });
  }

  /** Moves into Streamlit's component; a hand that holds something is not disturbed. @param {HTMLElement} parent */
  settle(parent) {
    const later = () => setTimeout(() => this.settle(parent));
    if (this.held) return window.addEventListener("pointerup", later, { once: true, signal: this.abort.signal });
    const { root } = this.parts;
    if (root.parentElement !== parent) {
      if (parent.isConnected && parent.moveBefore) parent.moveBefore(root, null); // keeps focus and scrolling
      else parent.append(root);
    }
    this.settled = true;
    this.tellReady();
  }

  /** Opened is a page that can be used; ready is one that also stands where it will stay. */
  tellReady() {
    this.parts.root.dataset.opened = String(Boolean(this.opened));
    this.parts.root.dataset.ready = String(Boolean(this.opened && this.settled));
  }

  /** @param {{data: SceneData}} component */
  update({ data }) {
    const before = this.data;
    this.data = data;
    document.documentElement.lang = data.language;
    if (before?.model !== data.model) {
      return this.open(before ? this.carried(before.model) : returning(data.model) ?? data.view);
    }
    if (before.language !== data.language) this.explorer.setLanguage(data);
    if (before.guide !== data.guide) this.explorer?.guide?.again();
    this.recolour();
  }

  /**
   * What a new model keeps of the old one; the model that it was compared with changes places with it.
   * @param {string} old @returns {import("./link.js").View}
   */
  carried(old) {
    const view = elsewhere(this.explorer.view ?? this.data.view);
    return view.compare === this.data.model ? { ...view, compare: old } : view;
  }

  /** @param {import("./link.js").View} view */
  async open(view) {
    this.explorer?.dispose();
    this.opened = false;
    this.tellReady();
    this.loading.show(translator(this.data.strings));
    const data = { ...this.data, view };
    const explorer = (this.explorer = new Explorer(this.parts, this.notices, data, () => this.reload()));
    await this.styled;
    const failure = await explorer.start(this.theme()).then(() => null, (error) => error);
    if (explorer !== this.explorer || explorer.gone) return;
    this.loading.hide();
    if (failure) return this.explain(failure);
    this.recolour();
    explorer.address.now();
    this.opened = true;
    this.tellReady();
  }

  /**
   * Starts the same model afresh where the old one stood: after a lost WebGL context, or when the photographs have
   * arrived.
   */
  reload() {
    this.open(this.explorer.view ?? this.data.view);
  }

  /** @param {Error & {key?: string, detail?: string}} failure */
  explain(failure) {
    const t = translator(this.data.strings);
    console.warn(failure);
    const reason = failure.key ? t(failure.key) : failure.detail || failure.message;
    const again = { label: t("notice.again"), run: () => this.open(this.data.view) };
    this.notices.set("failed", t("notice.failed", { reason }), again);
  }

  theme() {
    const theme = readTheme(this.parts.root);
    this.parts.root.dataset.theme = theme.dark ? "dark" : "light";
    this.drawn = JSON.stringify(theme);
    return theme;
  }

  recolour() {
    const before = this.drawn;
    const theme = this.theme();
    if (this.explorer?.overlay) this.explorer.overlay.setTheme(theme);
    if (before !== this.drawn) this.explorer?.recolour(theme);
  }

  dispose() {
    const view = this.explorer?.view;
    if (view) left = { model: this.data.model, view };
    this.abort.abort();
    this.explorer?.dispose();
    document.documentElement.lang = this.languageBefore;
    this.parts.root.remove();
  }
}

/**
 * The view in another space: the sample, the camera, k and the classes stay; positions mean nothing there.
 * @param {import("./link.js").View} view
 */
function elsewhere(view) {
  return { ...view, p: null, z: null, mean: false };
}

/** @param {string} model @returns {import("./link.js").View|null} where a person comes back to from another page */
function returning(model) {
  return left && (left.model === model ? left.view : elsewhere(left.view));
}
