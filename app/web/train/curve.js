/**
 * The loss curve: training error, test error and PCA's as a dashed line, on a logarithmic scale, with the film's
 * cursor. Dragging in it scrubs.
 */

import { h } from "../core/dom.js";
import { ticks } from "../view/axes.js";

const SPACE = { left: 52, right: 12, top: 10, bottom: 26 };
const LINES = ["train", "test"];
const STEPS = [1, 1.5, 2, 3, 4, 5, 7];
const NEAR_ENOUGH = 4;

export class Curve {
  /**
   * @param {HTMLElement} slot
   * @param {{t: (key: string, values?: Object<string, *>) => string}} context
   * @param {(epoch: number) => void} seek
   */
  constructor(slot, { t }, seek) {
    Object.assign(this, { slot, t, seek });
    this.abort = new AbortController();
    this.plot = svg("svg", { class: "mx-curve-plot", role: "img", "aria-label": t("film.curve.label") });
    const names = [...LINES, "pca"];
    const made = (make) => Object.fromEntries(names.map((name) => [name, make(name)]));
    this.figures = made(() => h("output", { class: "mx-curve-figure" }));
    this.keys = made((name) => (
      h("span", { class: `mx-curve-key mx-curve-${name}` }, h("i"), t(`film.curve.${name}`), this.figures[name])));
    const keys = h("div", { class: "mx-curve-keys" }, ...Object.values(this.keys));
    this.element = h("div", { class: "mx-curve", "data-testid": "film-curve" }, keys, this.plot);
    slot.append(this.element);
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.element);
    this.listen();
  }

  listen() {
    const { signal } = this.abort;
    const on = (name, run) => this.plot.addEventListener(name, run, { signal });
    on("pointerdown", (event) => {
      this.plot.setPointerCapture(event.pointerId);
      this.held = true;
      this.scrub(event);
    });
    on("pointermove", (event) => this.held && this.scrub(event));
    for (const name of ["pointerup", "pointercancel"]) on(name, () => { this.held = false; });
  }

  scrub(event) {
    const box = this.plot.getBoundingClientRect();
    const [first, last] = this.span;
    const share = (event.clientX - box.left - SPACE.left) / (box.width - SPACE.left - SPACE.right);
    this.seek(first + Math.min(1, Math.max(0, share)) * (last - first));
  }

  /**
   * @param {import("./store.js").Manifest} manifest
   * @param {number} total epochs of the whole run, to leave room for them
   */
  update({ history, pca_mse: pca, epochs }, total) {
    this.history = history;
    this.pca = pca;
    this.span = [0, Math.max(1, total, epochs[epochs.length - 1], ...history.map((entry) => entry.epoch))];
    this.keys.pca.hidden = pca === null;
    for (const name of LINES) this.keys[name].hidden = !history.some((entry) => entry[`${name}_mse`] > 0);
    if (pca !== null) this.figures.pca.textContent = pca.toFixed(4);
    this.element.hidden = history.length === 0;
    this.draw();
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.plot;
    if (!this.history?.length || !width || !height) return;
    Object.assign(this, { width, height });
    this.plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.limits = this.range();
    const line = (name, d) => svg("path", { class: `mx-curve-line mx-curve-${name}`, d });
    const lines = LINES.map((name) => line(name, this.path(`${name}_mse`)));
    if (this.pca !== null) lines.unshift(line("pca", this.joined(this.span.map((epoch) => [epoch, this.pca]))));
    this.cursor = svg("line", { class: "mx-curve-cursor", y1: SPACE.top, y2: height - SPACE.bottom });
    this.dots = LINES.map((name) => svg("circle", { class: `mx-curve-dot mx-curve-${name}`, r: 4 }));
    this.plot.replaceChildren(...this.scales(), ...lines, this.cursor, ...this.dots);
    if (this.epoch !== undefined) this.point(this.epoch);
  }

  /** The first epochs may stand far above the rest; a logarithmic scale shows both. */
  range() {
    const errors = this.history.flatMap((entry) => LINES.map((name) => entry[`${name}_mse`]));
    const values = errors.concat(this.pca ?? []).filter((value) => value > 0);
    const low = Math.min(...values), high = Math.max(...values, low * 1.15);
    return [Math.log(low) - 0.06 * Math.log(high / low), Math.log(high) + 0.06 * Math.log(high / low)];
  }

  x(epoch) {
    const [first, last] = this.span;
    return SPACE.left + ((epoch - first) / (last - first)) * (this.width - SPACE.left - SPACE.right);
  }

  y(value) {
    const [low, high] = this.limits;
    return SPACE.top + ((high - Math.log(value)) / (high - low)) * (this.height - SPACE.top - SPACE.bottom);
  }

  path(name) {
    return this.joined(this.history.filter((entry) => entry[name] > 0).map((entry) => [entry.epoch, entry[name]]));
  }

  joined(places) {
    const spots = places.map(([epoch, value]) => `${this.x(epoch).toFixed(1)} ${this.y(value).toFixed(1)}`);
    return spots.length ? `M${spots.join("L")}` : "";
  }

  scales() {
    const { width, height } = this;
    const word = (value, x, y, anchor) => (
      svg("text", { class: "mx-curve-tick", x, y, "text-anchor": anchor }, String(value)));
    const across = this.values().flatMap((value) => {
      const y = this.y(value);
      const line = svg("line", { class: "mx-curve-grid", x1: SPACE.left, x2: width - SPACE.right, y1: y, y2: y });
      return [line, word(value, SPACE.left - 8, y + 4, "end")];
    });
    const epochs = ticks(...this.span).filter(Number.isInteger);
    return [...across, ...epochs.map((epoch) => word(epoch, this.x(epoch), height - 8, "middle"))];
  }

  /** Round values within the limits, few enough to read. */
  values() {
    const [low, high] = this.limits.map(Math.exp);
    const all = [];
    for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10) {
      all.push(...STEPS.map((times) => Number((times * power).toPrecision(3))));
    }
    let inside = all.filter((value) => value >= low && value <= high);
    if (inside.length < 2) inside = ticks(low, high);
    while (inside.length > NEAR_ENOUGH) inside = inside.filter((_, at) => at % 2 === 0);
    return inside;
  }

  /** @param {number} epoch where the film stands, also between two epochs */
  point(epoch) {
    this.epoch = epoch;
    if (!this.cursor) return;
    const x = this.x(epoch);
    this.cursor.setAttribute("x1", x);
    this.cursor.setAttribute("x2", x);
    const now = Math.round(epoch);
    // Not every epoch is tested.
    const newest = (name) => this.history.findLast((known) => known.epoch <= now && known[name] > 0);
    this.dots.forEach((dot, at) => {
      const value = this.valueAt(`${LINES[at]}_mse`, epoch);
      dot.style.display = value === null ? "none" : "";
      if (value !== null) { dot.setAttribute("cx", x); dot.setAttribute("cy", this.y(value)); }
      this.figures[LINES[at]].textContent = newest(`${LINES[at]}_mse`)?.[`${LINES[at]}_mse`].toFixed(4) ?? "–";
    });
    this.element.dataset.epoch = epoch.toFixed(2);
  }

  /** On the drawn line, or null before its first point. */
  valueAt(name, epoch) {
    const known = this.history.filter((entry) => entry[name] > 0);
    const after = known.findIndex((entry) => entry.epoch >= epoch - 1e-6);
    if (after === -1) return known.length ? known[known.length - 1][name] : null;
    const to = known[after], from = known[after - 1];
    if (!from) return to.epoch <= epoch + 1e-6 ? to[name] : null;
    const share = (epoch - from.epoch) / (to.epoch - from.epoch);
    return from[name] * (to[name] / from[name]) ** share;
  }

  dispose() {
    this.abort.abort();
    this.observer.disconnect();
    this.element.remove();
  }
}

/** @param {string} tag @param {Object<string, *>} attributes @param {...string} children */
function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}
