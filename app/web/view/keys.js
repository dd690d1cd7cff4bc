/**
 * The keys of a view, wherever it stands: W A S D turn as a drag up, left, down, right would, + and − zoom. Pages add
 * theirs with `listenToKeys`.
 */

import { turned, zoomed } from "./orbit.js";

const TURN = Math.PI / 24;
const NEARER = 0.9;
const TURNS = { a: [-TURN, 0], d: [TURN, 0], w: [0, -TURN], s: [0, TURN] };
const ZOOMS = { "+": NEARER, "=": NEARER, "-": 1 / NEARER, _: 1 / NEARER };

/**
 * @param {HTMLElement} element that has the focus itself; keys in its children, and those with Ctrl, Alt or Meta, are
 *   not meant
 * @param {(event: KeyboardEvent) => boolean} run whether it did something
 * @param {AbortSignal} signal
 */
export function listenToKeys(element, run, signal) {
  element.addEventListener("keydown", (event) => {
    element.classList.remove("mx-pointed");
    if (event.target !== element || event.ctrlKey || event.metaKey || event.altKey) return;
    if (run(event)) event.preventDefault();
  }, { signal });
}

/** @param {KeyboardEvent} event @returns {import("./orbit.js").Change|null} what it does to the camera */
export function cameraChange(event) {
  const key = letterOf(event);
  const [right, down] = TURNS[key] ?? [];
  if (TURNS[key]) return (pose) => turned(pose, right, down);
  return ZOOMS[key] ? (pose) => zoomed(pose, ZOOMS[key]) : null;
}

/**
 * A keyboard that writes no Latin letters (ㅈ ㅁ ㄴ ㅇ) is asked for the place of the key instead.
 * @param {KeyboardEvent} event @returns {string}
 */
export function letterOf({ key, code }) {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  return /^Key[A-Z]$/.test(code) ? code[3].toLowerCase() : key;
}
