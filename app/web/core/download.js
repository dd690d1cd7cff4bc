/** Gives a person a file. */

import { h } from "./dom.js";

const LASTS = 60_000; // ms: the browser has begun to write it by then

/** @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), LASTS);
}
