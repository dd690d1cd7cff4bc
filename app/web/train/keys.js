/** The keyboard on the film's stage: space plays, arrows go frame by frame; the camera's keys are those of the scene. */

import { cameraChange } from "../view/viewkeys.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -10, PageUp: 10 };

/**
 * @param {HTMLElement} stage
 * @param {import("./timeline.js").Timeline} timeline
 * @param {(change: ((camera: import("../view/orbit.js").Camera) => import("../view/orbit.js").Camera)) => void} turn
 * @param {() => void} letGo of the sample that is followed
 * @param {AbortSignal} signal
 */
export function listenToKeys(stage, timeline, turn, letGo, signal) {
  stage.addEventListener("keydown", (event) => {
    stage.classList.remove("mx-pointed");
    if (event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    const change = cameraChange(event);
    if (change) turn(change);
    else if (key === " ") timeline.toggle();
    else if (STEPS[key]) timeline.step(STEPS[key]);
    else if (key === "Home") timeline.step(-timeline.count);
    else if (key === "End") timeline.step(timeline.count);
    else if (key === "Escape") letGo();
    else return;
    event.preventDefault();
  }, { signal });
}
