/**
 * The first minute: three things to try, shown over the scene until they are done, once per browser; Help shows them
 * again.
 *
 * The card lets every press through but those on its close button, lies below probe and neighbours, and leaves the
 * corner that the probe rests in.
 */

import { h } from "../core/dom.js";

const KEY = "manifold-explorer.first-steps"; // in the browser's storage: the names of what was done
const STEPS = ["drag", "pick", "upload"];
const CORNERS = ["end bottom", "start bottom", "end top", "start top"];
const CLEAR = 32; // pixels between the card and the probe's middle
const REST = 200; // milliseconds without a movement of the camera
const GOODBYE = 1200; // milliseconds for which a tick is seen before its line goes

/** What was done where the browser keeps nothing. @type {string[]} */
let remembered = [];

export class Guide {
  /**
   * @param {HTMLElement} stage
   * @param {import("./panel_list.js").Context} context
   */
  constructor(stage, context) {
    this.stage = stage;
    this.context = context;
    /** @type {number[]|undefined} where the probe was when the steps were first shown */
    this.from = undefined;
    const { t } = context;
    this.abort = new AbortController();
    this.lines = Object.fromEntries(STEPS.map((step) => [step, this.line(step)]));
    this.told = h("p", { class: "mx-unseen", role: "status", "data-testid": "guide-told" });
    this.close = h("button", {
      type: "button", class: "mx-guide-close", "aria-label": t("guide.close"), title: t("guide.close"),
      "data-testid": "guide-close", onclick: () => this.dismiss(),
      onkeydown: (event) => event.key === "Escape" && this.dismiss(),
    }, "×");
    const title = h("h3", { class: "mx-guide-title" }, t("guide.title"));
    const head = h("div", { class: "mx-guide-head" }, title, this.close);
    const list = h("ol", { class: "mx-guide-steps" }, ...STEPS.map((step) => this.lines[step]));
    const about = { class: "mx-guide", hidden: true, "aria-label": t("guide.title"), "data-testid": "guide" };
    this.element = h("section", about, head, list);
    stage.append(this.element, this.told);
    this.listen();
  }

  line(step) {
    const { t } = this.context;
    return h("li", { "data-testid": `guide-${step}` },
      h("span", { class: "mx-guide-tick", "aria-hidden": "true" }, "✓"), h("span", {}, t(`guide.${step}`)));
  }

  listen() {
    const { probe, root } = this.context;
    const { signal } = this.abort;
    const heard = (run) => () => root.dataset.opened === "true" && run(probe.anchor);
    const on = (name, run) => probe.addEventListener(name, heard(run), { signal });
    on("settle", ({ position }) => {
      if (!this.from) return;
      if (differ(position, probe.position) && differ(this.from, probe.position)) this.tick("drag");
      this.makeRoom();
    });
    on("anchor", ({ kind }) => kind === "sample" ? this.tick("pick") : kind === "upload" && this.tick("upload"));
  }

  /** Shows what is not yet done; call it when the cloud can be turned. */
  begin() {
    this.from ??= Array.from(this.context.probe.position); // a link may have put it beside a sample
    const done = recall();
    for (const step of STEPS) this.lines[step].hidden = done.includes(step);
    this.element.hidden = STEPS.every((step) => done.includes(step));
    this.makeRoom();
  }

  /** All three again. */
  again() {
    keep([]);
    for (const line of Object.values(this.lines)) delete line.dataset.done;
    this.begin();
    this.told.textContent = [
      this.context.t("guide.title"), ...STEPS.map((step) => this.context.t(`guide.${step}`)),
    ].join(". ");
  }

  /** @param {string} step that a person has just taken */
  tick(step) {
    if (!this.from || recall().includes(step)) return;
    keep([...recall(), step]);
    this.lines[step].dataset.done = "true";
    this.told.textContent = this.context.t("guide.done", { step: this.context.t(`guide.${step}`) });
    setTimeout(() => this.abort.signal.aborted || this.begin(), GOODBYE);
  }

  dismiss() {
    keep(STEPS);
    this.begin();
    this.stage.focus({ preventScroll: true });
  }

  /** Once the camera rests. */
  makeRoomSoon() {
    clearTimeout(this.timer);
    if (!this.element.hidden) this.timer = setTimeout(() => this.makeRoom(), REST);
  }

  /** Goes into another corner where the card would lie around the resting probe. */
  makeRoom() {
    if (this.element.hidden) return;
    const place = this.context.overlay.probePlace();
    if (!place) return;
    const corner = this.element.dataset.corner ?? CORNERS[0];
    const free = (each) => {
      this.element.dataset.corner = each;
      return apart(this.element, this.stage, place) > CLEAR;
    };
    if (!free(corner) && !CORNERS.some(free)) this.element.dataset.corner = corner;
  }

  dispose() {
    this.abort.abort();
    clearTimeout(this.timer);
    this.element.remove();
    this.told.remove();
  }
}

/**
 * @param {HTMLElement} card @param {HTMLElement} stage @param {number[]} place in the stage
 * @returns {number} pixels between the two, 0 inside
 */
function apart(card, stage, [x, y]) {
  const box = card.getBoundingClientRect(), around = stage.getBoundingClientRect();
  const across = Math.max(box.left - around.left - x, x - (box.right - around.left), 0);
  const down = Math.max(box.top - around.top - y, y - (box.bottom - around.top), 0);
  return Math.hypot(across, down);
}

function differ(one, other) {
  return one.some((value, axis) => value !== other[axis]);
}

/**
 * A browser may forbid its storage, or hold something else under our name.
 * @returns {string[]} the steps that are done
 */
function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return remembered;
  }
}

/** @param {string[]} done */
function keep(done) {
  remembered = done;
  try {
    localStorage.setItem(KEY, JSON.stringify(done));
  } catch {
    // then this page alone remembers
  }
}
