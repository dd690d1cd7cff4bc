/** The measures in print. */

import { percentInPrint } from "../core/figures.js";

const NONE = "–";

const WRITTEN = {
  error: (value) => value.toFixed(4),
  density: (value) => `${percentInPrint(value)} %`,
  misfit: (value) => `${Math.round(100 * value)} %`,
};

/** @param {import("./selection.js").Measure} measure @param {number} value NaN where it is not known */
export function inPrint(measure, value) {
  return Number.isNaN(value) ? NONE : WRITTEN[measure](value);
}
