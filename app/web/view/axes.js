/**
 * The box around the cloud: the grid on its three far sides, and the numbers along its edges; as in
 * model/film/camera.py.
 */

import { GRID, NUMBER, SHORT_EDGE, SPARSE_EDGE, TICK_STEPS, TICKS, TITLE } from "../shared/view.js";

/** @param {number} low @param {number} high @returns {number[]} about five round numbers between the two */
export function ticks(low, high) {
  const rough = (high - low) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * TICK_STEPS.find((times) => times * power >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first;
  return Array.from({ length: count + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

/** @param {number} value */
export function inPrint(value) {
  return String(value).replace("-", "−");
}

/**
 * What is to be drawn of the box, in pixels.
 * @param {import("./lens.js").Lens} lens @param {import("./box.js").Limits} limits @param {string[]} names of the axes
 * @param {number} unit pixels of the canvas per CSS pixel
 * @returns {{lines: number[][], labels: {x: number, y: number, text: string, title: boolean}[]}} lines [x0, y0, x1, y1,
 *   strength]
 */
export function axesOf(lens, limits, names, unit) {
  const far = limits.map(([low, high], axis) => (lens.eye[axis] > 0.5 * (low + high) ? 0 : 1));
  const marks = limits.map(([low, high]) => ticks(low, high));
  const lines = [];
  const line = (from, to, strength) => {
    const [ax, ay, a] = lens.place(from), [bx, by, b] = lens.place(to);
    if (a > 0.01 && b > 0.01) lines.push([ax, ay, bx, by, strength]);
  };
  for (let side = 0; side < 3; side += 1) grid(side, far, limits, marks, line);
  const labels = [0, 1, 2].flatMap((axis) => edgeLabels(axis, far, lens, limits, marks[axis], names[axis], unit));
  return { lines, labels };
}

/** The far wall across `side`: a line at each mark of the two other axes, and its rim. */
function grid(side, far, limits, marks, line) {
  const [a, b] = [0, 1, 2].filter((axis) => axis !== side);
  for (const [along, across] of [[a, b], [b, a]]) {
    const marked = marks[across].map((mark) => [mark, GRID]);
    for (const [value, strength] of [...marked, ...limits[across].map((end) => [end, 1])]) {
      const wall = { [side]: limits[side][far[side]], [across]: value };
      const point = (end) => Object.assign([0, 0, 0], wall, { [along]: end });
      line(point(limits[along][0]), point(limits[along][1]), strength);
    }
  }
}

/** The edge that carries an axis's numbers is one of the outline: the lower one of x and y, the left one of z. */
function edgeLabels(axis, far, lens, limits, marks, name, unit) {
  const [a, b] = [0, 1, 2].filter((other) => other !== axis);
  const edges = [[far[a], 1 - far[b]], [1 - far[a], far[b]]].map(([i, j]) => (
    (value) => lens.place(Object.assign([0, 0, 0], { [a]: limits[a][i], [b]: limits[b][j], [axis]: value }))));
  const [low, high] = limits[axis];
  const halfway = edges.map((edge) => edge(0.5 * (low + high)));
  const first = axis === 2 ? halfway[0][0] < halfway[1][0] : halfway[0][1] > halfway[1][1];
  const edge = edges[first ? 0 : 1];
  const [mx, my] = halfway[first ? 0 : 1];
  const [ax, ay, near] = edge(low), [bx, by, end] = edge(high);
  const length = Math.hypot(bx - ax, by - ay);
  if (near < 0.05 || end < 0.05 || length < SHORT_EDGE * unit) return [];
  let out = [(by - ay) / length, (ax - bx) / length];
  const centre = lens.place(limits.map(([from, to]) => 0.5 * (from + to)));
  if (out[0] * (mx - centre[0]) + out[1] * (my - centre[1]) < 0) out = out.map((part) => -part);
  const label = ([x, y], text, gap, title) => ({ x: x + unit * gap * out[0], y: y + unit * gap * out[1], text, title });
  const kept = marks.filter((_, at) => length > SPARSE_EDGE * unit || at % 2 === 0);
  const numbers = kept.map((mark) => label(edge(mark), inPrint(mark), NUMBER.gap, false));
  return [...numbers, label([mx, my], name, TITLE.gap, true)];
}
