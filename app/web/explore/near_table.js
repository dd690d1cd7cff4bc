/** The list of neighbours as a file of comma-separated values. */

import { csv } from "../core/csv.js";
import { download } from "../core/download.js";

const DIGITS = 7; // that float32 holds
// of every table: `class` is the name in the data, whatever the language of the page
const HEADER = ["space", "metric", "rank", "index", "class", "distance"];

/**
 * @param {import("./feed.js").Found} found @param {string[]} spaces
 * @param {import("./panel_list.js").Context} context
 * @returns {string}
 */
export function tableOf({ lists, choice: { metric } }, spaces, { card }) {
  const rows = spaces.flatMap((space) => lists[space].neighbours.map(({ index, label, distance }, at) =>
    [space, metric, at + 1, index, card.classes[label], Number(distance.toPrecision(DIGITS))]));
  return csv([HEADER, ...rows]);
}

/** Under a name that tells model and place. @param {string} table @param {import("./panel_list.js").Context} context */
export function saveTable(table, { card, probe }) {
  const { kind, index } = probe.anchor;
  const there = { sample: `sample-${index}`, upload: "uploaded", mean: "mean" }[kind];
  const place = probe.atAnchor() ? there : Array.from(probe.position, (value) => value.toFixed(2)).join("_");
  download(new Blob(["\ufeff", table], { type: "text/csv;charset=utf-8" }), `${card.name}-nearest-${place}.csv`);
}
