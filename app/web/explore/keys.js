/**
 * The explorer's keys: arrows and Page keys move the probe, Shift makes fine steps, Home goes to the mean, C brings the
 * probe to the middle; the camera's other keys are the view's.
 */

import { letterOf, listenToKeys } from "../view/keys.js";

const STEP = 0.02;
const KEYS = {
  ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowDown: [1, -1], ArrowUp: [1, 1], PageDown: [2, -1], PageUp: [2, 1],
};

/**
 * @param {HTMLElement} stage
 * @param {import("./probe.js").Probe} probe
 * @param {() => void} centre
 * @param {AbortSignal} signal
 */
export function moveByKeys(stage, probe, centre, signal) {
  listenToKeys(stage, (event) => {
    if (letterOf(event) === "c") centre();
    else if (event.key === "Home") probe.home();
    else if (KEYS[event.key]) nudge(probe, KEYS[event.key], event);
    else return false;
    return true;
  }, signal);
}

/** @param {import("./probe.js").Probe} probe @param {number[]} way axis and sign @param {KeyboardEvent} event */
function nudge(probe, [axis, sign], event) {
  const [low, high] = probe.limits[axis];
  const position = Array.from(probe.position);
  position[axis] += sign * (high - low) * (event.shiftKey ? STEP / 5 : STEP);
  probe.moveByHand(position, event.timeStamp);
}
