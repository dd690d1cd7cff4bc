/**
 * Mouse, finger and wheel on the film's stage, with the feel of Explore: dragging turns (with Ctrl or another button: slides), the wheel and two
 * fingers zoom at the place where they are, two fingers slide as well, a press without movement picks.
 */

import { pinched, wheeled } from "../view/fingers.js";
import { slid, turned } from "../view/orbit.js";

const SLACK = { mouse: 4, pen: 4, touch: 10 }; // pixels that a press may wander

export class Hand {
  /**
   * @param {HTMLElement} stage
   * @param {{camera: (change: (camera: import("../view/orbit.js").Camera) => import("../view/orbit.js").Camera) => void,
   *   pick: (x: number, y: number) => void, look: (x: number, y: number) => void, leave: () => void}} told
   * @param {AbortSignal} signal
   */
  constructor(stage, told, signal) {
    this.stage = stage;
    this.told = told;
    /** @type {Map<number, [number, number]>} */
    this.fingers = new Map();
    const listen = (name, run) => stage.addEventListener(name, run, { passive: false, signal });
    listen("pointerdown", (event) => this.press(event));
    listen("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) listen(name, (event) => this.release(event));
    listen("pointerleave", () => this.fingers.size || told.leave());
    listen("wheel", (event) => this.wheel(event));
    listen("contextmenu", (event) => this.ours(event) && event.preventDefault());
    listen("touchstart", (event) => this.ours(event) && event.cancelable && event.preventDefault());
  }

  /** Buttons that stand in the stage keep their clicks. */
  ours(event) {
    return !event.target.closest("button, a");
  }

  place(event) {
    const box = this.stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  press(event) {
    if (!this.ours(event)) return;
    this.stage.classList.add("mx-pointed");
    this.stage.focus({ preventScroll: true });
    this.stage.setPointerCapture(event.pointerId);
    this.told.leave();
    const place = this.place(event);
    this.fingers.set(event.pointerId, place);
    this.mode = this.fingers.size > 1 ? "pinching" : "pressed";
    this.start = { place, slides: event.button !== 0 || event.ctrlKey || event.metaKey, slack: SLACK[event.pointerType] ?? SLACK.mouse };
  }

  move(event) {
    const before = this.fingers.get(event.pointerId);
    const now = this.place(event);
    if (!before) return event.pointerType !== "touch" && this.ours(event) && this.told.look(...now);
    if (this.mode === "pressed" && Math.hypot(now[0] - this.start.place[0], now[1] - this.start.place[1]) < this.start.slack) return;
    const fingers = this.mode === "pinching" && [...this.fingers.values()];
    this.fingers.set(event.pointerId, now);
    if (this.mode === "pressed") this.mode = "turning";
    if (this.mode === "turning") this.turn(now[0] - before[0], now[1] - before[1]);
    else if (this.mode === "pinching") this.told.camera(pinched(fingers, [...this.fingers.values()], this.frame));
  }

  /** The height of the picture is half a turn. */
  turn(right, down) {
    const height = this.stage.clientHeight || 1;
    if (this.start.slides) this.told.camera((camera) => slid(camera, right / height, down / height));
    else this.told.camera((camera) => turned(camera, (Math.PI * right) / height, (Math.PI * down) / height));
  }

  get frame() {
    return { left: 0, top: 0, width: this.stage.clientWidth, height: this.stage.clientHeight || 1 };
  }

  wheel(event) {
    if (!this.ours(event)) return;
    event.preventDefault();
    this.told.camera(wheeled(event, this.place(event), this.frame));
  }

  /** After two fingers the one that stays does nothing until it too has left. */
  release(event) {
    if (!this.fingers.delete(event.pointerId)) return;
    const picked = this.mode === "pressed" && event.type === "pointerup" && !this.start.slides;
    if (this.mode !== "pinching" || this.fingers.size === 0) this.mode = "rest";
    if (picked) this.told.pick(...this.place(event));
  }
}
