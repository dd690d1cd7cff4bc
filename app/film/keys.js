/** The keyboard on the film's stage: space plays, arrows go frame by frame, with Shift they turn the camera, + and − zoom. */

import { turned, zoomed } from "../scene/orbit.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
const TURN = Math.PI / 24;
const TURNS = { ArrowLeft: [-TURN, 0], ArrowRight: [TURN, 0], ArrowDown: [0, TURN], ArrowUp: [0, -TURN] };
const ZOOMS = { "+": 0.9, "=": 0.9, "-": 1 / 0.9, _: 1 / 0.9 };

/**
 * @param {HTMLElement} stage
 * @param {import("./timeline.js").Timeline} timeline
 * @param {(change: ((camera: import("../scene/orbit.js").Camera) => import("../scene/orbit.js").Camera)) => void} turn
 * @param {() => void} letGo of the sample that is followed
 * @param {AbortSignal} signal
 */
export function listenToKeys(stage, timeline, turn, letGo, signal) {
  stage.addEventListener("keydown", (event) => {
    stage.classList.remove("mx-pointed");
    if (event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key, shiftKey } = event;
    if (key === " ") timeline.toggle();
    else if (shiftKey && TURNS[key]) turn((camera) => turned(camera, ...TURNS[key]));
    else if (STEPS[key]) timeline.step(STEPS[key]);
    else if (key === "Home") timeline.step(-timeline.count);
    else if (key === "End") timeline.step(timeline.count);
    else if (ZOOMS[key]) turn((camera) => zoomed(camera, ZOOMS[key]));
    else if (key === "Escape") letGo();
    else return;
    event.preventDefault();
  }, { signal });
}
