/** The errors of a training over its epochs, on a logarithmic scale, as an SVG that needs no style sheet. */

import { escaped } from "../core/markup.js";

const SIZE = { width: 640, height: 260 };
const SPACE = { left: 64, right: 16, top: 36, bottom: 40 };
const COLOURS = { train: "#7c6ae0", test: "#d6457f" };
const MARKS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
const MOST_MARKS = 6;

/**
 * @param {Object<string, number>[]} history of epochs @param {number|undefined} pca PCA's test error
 * @param {{label: string, train: string, test: string, pca: string, epoch: string}} words
 * @param {Pick<import("../core/theme.js").ThemeColours, "text"|"muted"|"line">} theme
 * @returns {string} markup
 */
export function curveSvg(history, pca, words, theme) {
  const lines = ["train", "test"].map((name) => ({ name, places: placesOf(history, `${name}_mse`) }));
  const values = lines.flatMap(({ places }) => places.map(([, value]) => value)).concat(pca > 0 ? [pca] : []);
  if (!values.length) return "";
  const last = Math.max(2, ...history.map(({ epoch }) => epoch));
  const [low, high] = [Math.min(...values) * 0.96, Math.max(...values, Math.min(...values) * 1.15) * 1.04];
  const x = (epoch) => (SPACE.left + ((epoch - 1) / (last - 1)) * (SIZE.width - SPACE.left - SPACE.right)).toFixed(1);
  const tall = SIZE.height - SPACE.top - SPACE.bottom;
  const y = (value) => (SPACE.top + (Math.log(high / value) / Math.log(high / low)) * tall).toFixed(1);
  const path = (places) => `M${places.map(([epoch, value]) => `${x(epoch)} ${y(value)}`).join("L")}`;
  const drawn = lines.filter(({ places }) => places.length > 1).map(({ name, places }) => (
    `<path d="${path(places)}" fill="none" stroke="${COLOURS[name]}" stroke-width="2"/>`));
  const level = pca > 0 && (`<line x1="${SPACE.left}" x2="${SIZE.width - SPACE.right}" y1="${y(pca)}" y2="${y(pca)}"`
    + ` stroke="${theme.text}" stroke-width="1.5" stroke-dasharray="6 5"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" `
    + `aria-label="${escaped(words.label)}" font-family="sans-serif" font-size="13">`
    + [...grid(low, high, y, theme), ...epochs(last, x, theme), ...drawn, level || "", ...keys(words, pca > 0, theme),
      word(words.epoch, SIZE.width - SPACE.right, SIZE.height - 4, "end", theme.muted)].join("") + "</svg>";
}

/** @returns {[number, number][]} epochs and errors */
function placesOf(history, name) {
  return history.filter((entry) => entry[name] > 0).map((entry) => [entry.epoch, entry[name]]);
}

function grid(low, high, y, theme) {
  return marksOf(low, high).map((value) => (
    `<line x1="${SPACE.left}" x2="${SIZE.width - SPACE.right}" y1="${y(value)}" y2="${y(value)}"`
    + ` stroke="${theme.line}"/>`
    + word(String(value), SPACE.left - 8, Number(y(value)) + 4, "end", theme.muted)));
}

/** Round values within the limits, a few of them. @param {number} low @param {number} high @returns {number[]} */
function marksOf(low, high) {
  let marks = [];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10) {
    marks.push(...MARKS.map((times) => Number((times * power).toPrecision(3))));
  }
  marks = marks.filter((value) => value >= low && value <= high);
  while (marks.length > MOST_MARKS) marks = marks.filter((_, at) => at % 2 === 0);
  if (marks.length > 1) return marks;
  return [0.1, 0.5, 0.9].map((share) => Number((low + share * (high - low)).toPrecision(3)));
}

function epochs(last, x, theme) {
  const step = Math.max(1, Math.ceil((last - 1) / 5));
  const every = Array.from({ length: Math.floor((last - 1) / step) + 1 }, (_, at) => 1 + at * step);
  return every.map((epoch) => word(String(epoch), x(epoch), SIZE.height - SPACE.bottom + 18, "middle", theme.muted));
}

function keys(words, withPca, theme) {
  const shown = [["train", COLOURS.train], ["test", COLOURS.test], ...(withPca ? [["pca", theme.text]] : [])];
  return shown.map(([name, colour], at) => {
    const left = SPACE.left + at * 190;
    const dash = name === "pca" ? ' stroke-dasharray="6 5"' : "";
    return `<line x1="${left}" x2="${left + 24}" y1="16" y2="16" stroke="${colour}" stroke-width="2.5"${dash}/>`
      + word(words[name], left + 32, 20, "start", theme.text);
  });
}

function word(text, x, y, anchor, colour) {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${colour}">${escaped(text)}</text>`;
}
