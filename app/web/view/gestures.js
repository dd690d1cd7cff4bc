/**
 * Mouse, pen, finger and keys on a view. On a layer with a grip they drag it; beside it they turn the camera (with Ctrl
 * or another button: slide it). A press without movement picks, two of them on a grip bring it to the middle. The wheel
 * and two fingers zoom at the place where they are, two fingers slide as well, a passing mouse looks.
 */

import { cameraChange, listenToKeys } from "./keys.js";
import { slid, turned, zoomed } from "./orbit.js";

const CLICK = { mouse: 4, pen: 4, touch: 10 }; // pixels that a press may wander
const REACH = { mouse: 16, pen: 20, touch: 30 }; // pixels around a grip
const TWICE = 400; // milliseconds between two presses that belong together
const APART = 8; // milliseconds between positions that are asked for, about two a frame
const WHEEL = 0.0015; // of a pixel, on the logarithm of the distance
const LINE = 30; // pixels
const TOUCHES = ["touchstart", "touchmove", "touchend"];

/**
 * @typedef {"rest"|"pressed"|"dragging"|"turning"|"pinching"} Mode
 * @typedef {[number, number]} Spot pixels of the view
 * @typedef {{width: number, height: number}} Size of the view
 */

export class Gestures {
  /** @param {import("./view.js").View} view */
  constructor(view) {
    this.view = view;
    this.abort = new AbortController();
    /** @type {Mode} */
    this.mode = "rest";
    /** @type {Map<number, Spot>} of what is pressed, by pointer */
    this.pressed = new Map();
    const { element } = view;
    const options = { capture: true, passive: false, signal: this.abort.signal };
    const listen = (name, run) => element.addEventListener(name, (event) => this.isOurs(event) && run(event), options);
    listen("pointerdown", (event) => this.press(event));
    listen("wheel", (event) => this.wheel(event));
    for (const name of ["contextmenu", ...TOUCHES]) listen(name, (event) => event.cancelable && event.preventDefault());
    element.addEventListener("pointermove", (event) => this.move(event), options);
    element.addEventListener("pointerrawupdate", (event) => this.early(event), options);
    element.addEventListener("pointerleave", (event) => event.target === element && this.hover(null), options);
    for (const end of ["pointerup", "pointercancel"]) {
      element.addEventListener(end, (event) => this.release(event), options);
    }
    listenToKeys(element, (event) => this.key(event), this.abort.signal);
  }

  /** Buttons and cards that stand in the view keep what is theirs. */
  isOurs({ target }) {
    return target === this.view.element || this.view.painter.surface.contains(target);
  }

  /** @param {{clientX: number, clientY: number}} event @returns {Spot} */
  spot({ clientX, clientY }) {
    const { left, top } = this.view.painter.surface.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  press(event) {
    const { element } = this.view;
    element.classList.add("mx-pointed");
    element.focus({ preventScroll: true });
    element.setPointerCapture(event.pointerId);
    this.hover(null);
    const spot = this.spot(event);
    this.pressed.set(event.pointerId, spot);
    if (this.pressed.size > 1) {
      this.stop();
      this.mode = "pinching";
      return;
    }
    this.start = { spot, button: event.button, slack: CLICK[event.pointerType] ?? CLICK.mouse };
    const grip = event.button === 0 && this.gripAt(spot, event.pointerType);
    if (grip) this.take(grip, spot);
    else this.mode = "pressed";
  }

  /** @param {Spot} spot @param {string} kind of pointer */
  gripAt([x, y], kind) {
    return this.view.layers.gripAt(x, y, REACH[kind] ?? REACH.mouse);
  }

  /** @param {import("./layers.js").Grip} grip */
  take(grip, [x, y]) {
    const [gx, gy] = this.view.place(grip.point());
    this.mode = "dragging";
    this.held = { grip, point: Array.from(grip.point()), offset: [gx - x, gy - y], moved: false, time: 0 };
    this.view.element.classList.add("mx-dragging");
    grip.hold(true);
  }

  move(event) {
    const before = this.pressed.get(event.pointerId);
    if (!before) return this.look(event);
    const now = this.spot(event);
    if (this.mode === "pressed" && !this.isAway(now)) return;
    const fingers = this.mode === "pinching" && [...this.pressed.values()];
    this.pressed.set(event.pointerId, now);
    if (this.mode === "pressed") this.mode = "turning";
    if (this.mode === "dragging") this.drag(event, now);
    else if (this.mode === "turning") this.turn(event, now[0] - before[0], now[1] - before[1]);
    else if (this.mode === "pinching") this.view.turn(pinched(fingers, [...this.pressed.values()], this.view));
  }

  /** @param {Spot} spot */
  isAway([x, y]) {
    const { spot, slack } = this.start;
    return Math.hypot(x - spot[0], y - spot[1]) >= slack;
  }

  /** A move that does not wait for the next frame, where the browser tells of such: its picture is there earlier. */
  early(event) {
    if (this.mode === "dragging" && event.timeStamp - this.held.time >= APART) this.move(event);
  }

  /** In the plane that faces the camera through where it was taken: the limits of the hand do not shift that plane. */
  drag(event, [x, y]) {
    const { held, view: { lens } } = this;
    if (event.timeStamp === held.time) return;
    held.time = event.timeStamp;
    held.moved ||= this.isAway([x, y]);
    if (!held.moved || !lens) return;
    const depth = lens.place(held.point)[2];
    held.grip.moveTo(lens.point(x + held.offset[0], y + held.offset[1], depth), event.timeStamp);
  }

  /** The height of the picture is half a turn. */
  turn(event, right, down) {
    const [across, along] = [right / this.view.height, down / this.view.height];
    const slides = this.start.button !== 0 || event.ctrlKey || event.metaKey;
    this.view.turn((pose) => (slides ? slid(pose, across, along) : turned(pose, Math.PI * across, Math.PI * along)));
  }

  wheel(event) {
    event.preventDefault();
    this.view.turn(wheeled(event, this.spot(event), this.view));
  }

  /** A finger that hovers is none: only mouse and pen look. */
  look(event) {
    if (!this.isOurs(event) || event.pointerType === "touch") return this.hover(null);
    const spot = this.spot(event);
    const near = this.gripAt(spot, event.pointerType) !== null;
    this.view.element.classList.toggle("mx-near-handle", near);
    this.hover(spot, near);
  }

  /** @param {Spot|null} spot under the mouse @param {boolean} [near] a grip: then no point is meant */
  hover(spot, near = false) {
    const hit = spot ? this.view.at(...spot) : { index: -1, layer: null, x: 0, y: 0 };
    this.view.tell("hover", near ? { ...hit, index: -1 } : hit);
  }

  release(event) {
    if (!this.pressed.delete(event.pointerId)) return;
    const { mode, held } = this;
    const lifted = event.type === "pointerup";
    this.stop();
    if (mode === "dragging" && lifted && !held.moved) this.tap(held.grip, event.timeStamp);
    const picks = mode === "pressed" && lifted && this.start.button === 0;
    if (picks) this.view.tell("pick", this.view.at(...this.spot(event)));
  }

  /** @param {import("./layers.js").Grip} grip that was pressed and not moved @param {number} time */
  tap(grip, time) {
    if (time - (this.tapped ?? -Infinity) < TWICE) this.view.centre(grip.point());
    this.tapped = time;
  }

  /** After two fingers the one that stays does nothing until it too has left. */
  stop() {
    if (this.mode === "dragging") this.held.grip.hold(false);
    this.view.element.classList.remove("mx-dragging");
    this.mode = "rest";
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const change = cameraChange(event);
    if (change) this.view.turn(change);
    return change !== null;
  }

  dispose() {
    this.abort.abort();
    this.stop();
    this.view.element.classList.remove("mx-near-handle", "mx-pointed");
  }
}

/**
 * Zooms by the distance of the first two fingers and slides by their middle: what they are on stays below them.
 * @param {Spot[]} before @param {Spot[]} now @param {Size} size @returns {import("./orbit.js").Change}
 */
export function pinched(before, now, size) {
  if (now.length < 2) return (pose) => pose;
  const [from, to] = [before, now].map(([a, b]) => ({
    middle: [0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])], apart: Math.hypot(a[0] - b[0], a[1] - b[1]) || 1,
  }));
  const [right, down] = [0, 1].map((axis) => (to.middle[axis] - from.middle[axis]) / size.height);
  return (pose) => zoomed(slid(pose, right, down), from.apart / to.apart, share(to.middle, size));
}

/** @param {WheelEvent} event @param {Spot} spot @param {Size} size @returns {import("./orbit.js").Change} */
export function wheeled(event, spot, size) {
  const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * LINE;
  return (pose) => zoomed(pose, Math.exp(WHEEL * pixels), share(spot, size));
}

/** Right and down of the picture's middle, as shares of its height. @returns {[number, number]} */
function share([x, y], { width, height }) {
  return [(x - 0.5 * width) / height, (y - 0.5 * height) / height];
}
