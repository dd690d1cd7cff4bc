/**
 * One number to guess for five: the squared error of each guess, the absolute one, and where each is least. The five
 * can be dragged.
 */

import { h } from "../core/dom.js";
import { best, follower, loss } from "./autoencoder_numbers.js";

const START = [0.1, 0.2, 0.3, 0.4, 0.5];
const WIDE = 460, HIGH = 190, LEFT = 24, RIGHT = 436, TOP = 10, FLOOR = 128, LINE = 158;
const FAR = 0.3; // a point that has been moved this far answers the question
const KEYS = { ArrowLeft: -0.01, ArrowDown: -0.01, ArrowRight: 0.01, ArrowUp: 0.01, PageUp: 0.1, PageDown: -0.1 };
/** @type {[name: string, n: number, dash: string][]} */
const POWERS = [["squared", 2, ""], ["absolute", 1, "7 5"]];

/** @param {number} value in [0, 1] */
const across = (value) => LEFT + value * (RIGHT - LEFT);

export class Guess {
  /** @param {HTMLElement} slot @param {import("../learn/contents.js").LessonContext} context */
  constructor(slot, { t, palette, observed }) {
    this.t = t;
    this.observed = observed;
    this.points = [...START];
    this.lines = POWERS.map(([name, , dash], at) => ({
      curve: svg("polyline", { fill: "none", stroke: palette[at], "stroke-width": 2.5, "stroke-dasharray": dash }),
      foot: svg("line", { stroke: palette[at], "stroke-width": 1.5, "stroke-dasharray": "2 3" }),
      dot: svg("circle", { r: 6, fill: palette[at], class: "mx-guess-least" }),
      words: h("span", { class: "mx-guess-words", "data-testid": `best-${name}` }),
    }));
    this.lines.forEach(({ words }, at) => words.style.setProperty("--mx-colour", palette[at]));
    this.handles = this.points.map((_, at) => this.handle(at));
    const axis = svg("line", { x1: LEFT, x2: RIGHT, y1: LINE, y2: LINE, class: "mx-guess-axis" });
    const ends = [0, 1].map((value) => svg("text", {
      x: across(value), y: HIGH - 2, "text-anchor": "middle", class: "mx-guess-text",
    }, String(value)));
    const parts = this.lines.flatMap(({ curve, foot, dot }) => [foot, curve, dot]);
    const drawing = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "mx-guess-drawing", role: "group",
      "aria-label": t("autoencoder.guess") }, axis, ...ends, ...parts, ...this.handles);
    this.drawing = drawing;
    slot.append(h("figure", { class: "mx-guess", "data-testid": "guess" },
      h("figcaption", {}, t("autoencoder.guess")),
      h("p", { class: "mx-guess-legend" }, ...this.lines.map(({ words }) => words)), drawing,
      h("p", { class: "mx-note" }, t("autoencoder.guess.note"))));
    this.draw();
  }

  /** @param {number} at which point */
  handle(at) {
    const handle = svg("circle", {
      r: 9, cy: LINE, class: "mx-guess-point", tabindex: 0, role: "slider", "data-testid": `point-${at}`,
      "aria-label": this.t("autoencoder.guess.point", { number: at + 1 }), "aria-valuemin": 0, "aria-valuemax": 1,
    });
    handle.addEventListener("pointerdown", (event) => { handle.setPointerCapture(event.pointerId); handle.focus(); });
    handle.addEventListener("pointermove", (event) => {
      if (handle.hasPointerCapture(event.pointerId)) this.move(at, this.valueAt(event.clientX));
    });
    handle.addEventListener("keydown", (event) => {
      const step = KEYS[event.key];
      if (!step) return;
      event.preventDefault();
      this.move(at, this.points[at] + step);
    });
    return handle;
  }

  /** @param {number} x of the page */
  valueAt(x) {
    const { left, width } = this.drawing.getBoundingClientRect();
    return (((x - left) / width) * WIDE - LEFT) / (RIGHT - LEFT);
  }

  /** @param {number} at which point @param {number} value */
  move(at, value) {
    this.points[at] = Math.round(100 * Math.min(Math.max(value, 0), 1)) / 100;
    const [squared, absolute] = this.draw();
    if (Math.abs(this.points[at] - START[at]) < FAR) return;
    const moved = [Math.abs(squared - best(START, 2)), Math.abs(absolute - best(START, 1))];
    this.observed(follower(moved[0], moved[1]), { squared: moved[0].toFixed(2), absolute: moved[1].toFixed(2) });
  }

  /** @returns {number[]} where the squared error is least, and the absolute one */
  draw() {
    this.handles.forEach((handle, at) => {
      assign(handle, { cx: across(this.points[at]), "aria-valuenow": this.points[at] });
    });
    return POWERS.map(([name, n], at) => {
      const { curve, foot, dot, words } = this.lines[at];
      const guesses = Array.from({ length: 101 }, (_, step) => step / 100);
      const losses = guesses.map((guess) => loss(this.points, guess, n));
      const most = Math.max(...losses);
      const up = (/** @type {number} */ value) => FLOOR - (value / most) * (FLOOR - TOP);
      curve.setAttribute("points", guesses.map((guess, step) => `${across(guess)},${up(losses[step])}`).join(" "));
      const found = best(this.points, n);
      const [x, y] = [across(found), up(loss(this.points, found, n))];
      assign(foot, { x1: x, x2: x, y1: y, y2: LINE });
      assign(dot, { cx: x, cy: y });
      words.textContent = this.t(`autoencoder.least.${name}`, { value: found.toFixed(2) });
      return found;
    });
  }

  /** As the question asks: the last point far to the right. */
  demonstrate() {
    this.points = [...START];
    this.move(START.length - 1, 0.95);
  }
}

/** @param {string} tag @param {Object<string, *>} attributes @param {...(Node|string)} children */
function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  assign(element, attributes);
  element.append(...children);
  return element;
}

/** @param {Element} element @param {Object<string, *>} attributes */
function assign(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}
