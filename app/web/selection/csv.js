/** The selection as a table for other programs. */

import { csv } from "../core/csv.js";
import { MEASURES } from "./selection.js";

const COLUMNS = { error: "squared_error", density: "density_percentile", misfit: "misfit" };

/**
 * One line for each sample, in the selection's order; what is not known stays empty.
 * @param {import("./selection.js").Selection} selection
 * @param {{classes: string[], axes: string[], positionOf: (index: number) => ArrayLike<number>}} about
 * @returns {string}
 */
export function csvOf(selection, { classes, axes, positionOf }) {
  const { indices, labels, values } = selection;
  const head = ["index", "class", ...MEASURES.map((name) => COLUMNS[name]), ...axes];
  const line = (index) => [
    index, classes[labels[index]], ...MEASURES.map((name) => number(values.get(name)[index])),
    ...Array.from(positionOf(index), number),
  ];
  return csv([head, ...indices.map(line)]);
}

/** @param {number} value */
function number(value) {
  return Number.isNaN(value) ? "" : String(Number(value.toPrecision(7)));
}
