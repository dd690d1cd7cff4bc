/**
 * The keyboard in the scene: arrows and Page keys move the probe, Shift makes fine steps, Home goes to the mean, C brings the probe to
 * the middle; the camera's other keys are in viewkeys.js.
 */

import { cameraChange, letterOf } from "../view/viewkeys.js";

const STEP = 0.02;
const KEYS = {
  ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowDown: [1, -1], ArrowUp: [1, 1], PageDown: [2, -1], PageUp: [2, 1],
};

/**
 * @param {HTMLElement} stage
 * @param {import("./probe.js").Probe} probe
 * @param {{turn: (change: (camera: import("../view/orbit.js").Camera) => import("../view/orbit.js").Camera) => void, centre: () => void}} camera
 * @param {AbortSignal} signal
 */
export function listenToKeys(stage, probe, { turn, centre }, signal) {
  stage.addEventListener("keydown", (event) => {
    stage.classList.remove("mx-pointed");
    if (event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const change = cameraChange(event);
    if (change) turn(change);
    else if (letterOf(event) === "c") centre();
    else if (event.key === "Home") probe.home();
    else if (KEYS[event.key]) nudge(probe, ...KEYS[event.key], event);
    else return;
    event.preventDefault();
  }, { signal });
}

/** @param {import("./probe.js").Probe} probe @param {number} axis @param {number} sign @param {KeyboardEvent} event */
function nudge(probe, axis, sign, event) {
  const [low, high] = probe.limits[axis];
  const position = Array.from(probe.position);
  position[axis] += sign * (high - low) * (event.shiftKey ? STEP / 5 : STEP);
  probe.moveTo(position, event.timeStamp);
}
