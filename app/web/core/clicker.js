/** A presenter's clicker: it sends Page Up and Page Down, which in the presenter view mean back and on. */

import { isPresenting } from "./link_options.js";

const STEPS = { PageDown: 1, PageUp: -1 };
const OWN_KEYS = "input, textarea, select"; // what these keys move themselves

/**
 * @param {(step: 1|-1) => boolean} turn whether there was somewhere to go
 * @param {AbortSignal} signal
 */
export function listenToClicker(turn, signal) {
  window.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || !isPresenting() || document.querySelector("dialog[open]")) return;
    if (event.target instanceof Element && event.target.matches(OWN_KEYS)) return;
    if (!turn(step)) return;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true, signal });
}
