/** The film's keys: space plays, arrows go frame by frame; the camera's keys are the view's. */

import { listenToKeys } from "../view/keys.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -10, PageUp: 10 };

/**
 * @param {HTMLElement} stage
 * @param {import("./timeline.js").Timeline} timeline
 * @param {() => void} letGo of the sample that is followed
 * @param {AbortSignal} signal
 */
export function playByKeys(stage, timeline, letGo, signal) {
  listenToKeys(stage, ({ key }) => {
    if (key === " ") timeline.toggle();
    else if (STEPS[key]) timeline.step(STEPS[key]);
    else if (key === "Home") timeline.step(-timeline.count);
    else if (key === "End") timeline.step(timeline.count);
    else if (key === "Escape") letGo();
    else return false;
    return true;
  }, signal);
}
