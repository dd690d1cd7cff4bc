/**
 * The Learn page's entry: one lesson at a time, mounted into Streamlit's component and kept there through reruns.
 *
 * Which lesson is shown stands in the address (`lesson=`), so a link opens it; answers are kept in the browser.
 *
 * For tests: `.mx-root` carries `data-lesson`, and `data-ready="true"` once its figure stands.
 */

import { listenToClicker } from "../core/clicker.js";
import { h, translator } from "../core/dom.js";
import { replaceQuery } from "../core/link_options.js";
import { Loading } from "../core/loading.js";
import { loadSheets, mounting } from "../core/mounting.js";
import { Notices } from "../core/notices.js";
import { loadPlotly } from "../core/plotly.js";
import { followTheme, PALETTE, readTheme } from "../core/theme.js";
import { answers } from "./answers.js";
import { LESSONS, lesson } from "./contents.js";
import { LessonView } from "./lesson_view.js";

const OWN = LESSONS.filter((id) => id !== "curse"); // the lessons with a sheet of their own
const SHEETS = [
  "../core/page.css", "../core/side.css", "learn.css", "../axes/axes.css", ...OWN.map((id) => `../lessons/${id}.css`),
];

/**
 * @typedef {{language: string, strings: Object<string, string>, datasets: Object<string, string>,
 *   library: Parameters<typeof loadPlotly>[0]}} Data `datasets`: what each is called
 */

export const mount = mounting((parent) => new LearnPage(parent), { first: false });

class LearnPage {
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.languageBefore = document.documentElement.lang;
    this.parts = layout();
    this.loading = new Loading(this.parts.root, document.getElementById("mx-loading"));
    this.notices = new Notices(this.parts.notice);
    this.recolour = followTheme(this.parts.root, (theme) => this.lesson?.recolour(theme));
    this.styled = loadSheets(SHEETS, import.meta.url);
    this.abort = new AbortController();
    listenToClicker((step) => this.turnBy(step), this.abort.signal);
    const asked = new URLSearchParams(location.search).get("lesson");
    this.id = LESSONS.includes(asked) ? asked : LESSONS[0];
    parent.append(this.parts.root);
  }

  /** @param {{data: Data}} component */
  update({ data }) {
    const before = this.data;
    this.data = data;
    document.documentElement.lang = data.language;
    if (before?.language !== data.language) {
      this.t = translator(data.strings);
      if (!before) this.loading.show(this.t);
      this.show(this.id);
    }
    this.recolour();
  }

  /** @param {string} id */
  async show(id) {
    const turn = (this.turn = Symbol(id));
    const [module] = await Promise.all([lesson(id).catch(() => null), this.styled]);
    if (turn !== this.turn) return;
    this.stand();
    this.notices.set("lesson", module ? null : this.t("learn.unloaded"));
    if (!module) return this.list(); // the others may be there
    this.id = id;
    this.leave();
    this.list();
    this.address();
    const context = this.contextOf(id);
    this.lesson = module.open?.(this.parts, context) ?? new LessonView(this.parts, module, context, () => this.list());
    for (const part of [this.parts.scene, this.parts.words]) part.scrollTop = 0;
    Object.assign(this.parts.root.dataset, { lesson: id, ready: "true" });
  }

  /** The page's parts, all at once and never bare: their sheets are here, and a lesson follows in the same frame. */
  stand() {
    const { root, list, scene, side } = this.parts;
    this.loading.hide();
    if (!scene.isConnected) root.append(list, scene, side);
  }

  /** @param {string} id @returns {import("./contents.js").PageContext} */
  contextOf(id) {
    const { t, data } = this;
    return {
      id, t, strings: data.strings, language: data.language, datasets: data.datasets, palette: PALETTE,
      base: new URL("/", location.origin).href,
      classLabel: (name) => data.strings[`class.${name}`] ?? name,
      plotly: () => loadPlotly(data.library),
      theme: () => readTheme(this.parts.root),
    };
  }

  /** The lessons by number, those answered marked, and the ways to the next and the one before. */
  list() {
    const known = answers();
    const focused = this.parts.list.contains(document.activeElement) && document.activeElement.getAttribute("data-id");
    const entry = (id, at) => h("button", {
      class: "mx-lesson-link", type: "button", title: this.t(`${id}.title`), "data-id": id,
      "data-testid": `lesson-${id}`, "aria-current": id === this.id ? "step" : null,
      "data-right": String(known[id]?.right ?? ""), onclick: () => this.go(id),
    }, h("b", {}, String(at + 1)), h("span", {}, this.t(`${id}.short`)));
    const at = LESSONS.indexOf(this.id);
    this.parts.list.setAttribute("aria-label", this.t("learn.lessons"));
    this.parts.list.replaceChildren(...LESSONS.map(entry));
    const turn = (name, id) => h("button", {
      class: "mx-button", type: "button", disabled: !id, "data-testid": `lesson-${name}`, onclick: () => this.go(id),
    }, this.t(`learn.${name}`));
    this.parts.turns.replaceChildren(turn("before", LESSONS[at - 1]), turn("next", LESSONS[at + 1]));
    const again = /** @type {HTMLElement|null} */ (this.parts.list.querySelector(`[data-id="${focused}"]`));
    again?.focus();
    this.parts.list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** To another lesson, whose title then has the focus. @param {string} id */
  async go(id) {
    await this.show(id);
    this.parts.words.querySelector("h2")?.focus({ preventScroll: true });
  }

  /** @param {1|-1} step lessons on or back @returns {boolean} */
  turnBy(step) {
    const id = LESSONS[LESSONS.indexOf(this.id) + step];
    if (id) this.go(id);
    return true;
  }

  address() {
    replaceQuery(new URLSearchParams({ lesson: this.id, lang: this.data.language }).toString());
  }

  leave() {
    this.lesson?.dispose();
    this.lesson = null;
  }

  dispose() {
    this.abort.abort();
    this.turn = null;
    this.leave();
    this.loading.hide();
    this.notices.clear();
    document.documentElement.lang = this.languageBefore;
    this.parts.root.remove();
  }
}

/** The parts: the lessons above, the figure left, the words right; the root is empty yet. */
function layout() {
  const notice = h("div", { class: "mx-notices", role: "status", "aria-live": "polite", "data-testid": "notices" });
  const list = h("nav", { class: "mx-lessons", "data-testid": "lessons" });
  const turns = h("div", { class: "mx-turns" });
  const figure = h("div", { class: "mx-lesson-stage" });
  const scene = h("div", { class: "mx-scene mx-lesson-scene", tabindex: -1 }, figure, notice);
  const words = h("div");
  const side = h("aside", { class: "mx-side mx-lesson-side", "data-testid": "side" }, words, turns);
  const root = h("div", { class: "mx-root mx-learn", "data-testid": "learn" });
  return { root, list, scene, side, turns, figure, words, notice };
}
