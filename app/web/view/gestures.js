/**
 * Mouse and finger in the scene: on the probe they drag it, beside it they turn the camera (with Ctrl or another button: slide it), a press
 * without movement picks a sample, two of them on the probe bring it to the middle, wheel and two fingers zoom at the place where they are,
 * two fingers slide as well, a passing mouse looks. Plotly itself hears nothing of it.
 */

import { pinched, wheeled } from "./fingers.js";
import { slid, turned } from "./orbit.js";

const CLICK = { mouse: 4, pen: 4, touch: 10 }; // pixels that a press may wander
const GRIP = { mouse: 16, pen: 20, touch: 30 };
const TWICE = 400; // milliseconds between two presses that belong together
const APART = 8; // milliseconds between positions that are asked for, about two a frame
const UNHEARD = ["mousedown", "mousemove", "mouseup", "mouseover", "mouseout", "touchstart", "touchmove", "touchend"];

/** @typedef {"rest"|"pressed"|"probe"|"turning"|"pinching"} Mode */

export class Gestures {
  /**
   * @param {HTMLElement} stage focusable element around plot and overlay
   * @param {HTMLElement} plot
   * @param {import("./overlay.js").Overlay} overlay
   * @param {import("../explore/probe.js").Probe} probe
   * @param {{pick: (index: number) => void, hover: (index: number, x: number, y: number) => void, centre: () => void,
   *   camera: (change: (camera: import("./orbit.js").Camera) => import("./orbit.js").Camera) => void}} told
   */
  constructor(stage, plot, overlay, probe, told) {
    Object.assign(this, { stage, plot, overlay, probe, told });
    this.abort = new AbortController();
    /** @type {Mode} */
    this.mode = "rest";
    /** @type {Map<number, [number, number]>} */
    this.fingers = new Map();
    const { signal } = this.abort;
    const listen = (name, run) => stage.addEventListener(name, run, { capture: true, passive: false, signal });
    listen("pointerdown", (event) => this.press(event));
    listen("pointermove", (event) => this.move(event));
    listen("pointerrawupdate", (event) => this.early(event));
    for (const name of ["pointerup", "pointercancel"]) listen(name, (event) => this.release(event));
    listen("pointerleave", (event) => event.target === stage && this.told.hover(-1, 0, 0));
    listen("wheel", (event) => this.wheel(event));
    listen("contextmenu", (event) => this.inPlot(event) && event.preventDefault());
    for (const name of UNHEARD) listen(name, (event) => this.keepFromPlotly(event));
  }

  inPlot(event) {
    return this.plot.contains(event.target) || event.target === this.stage;
  }

  /** @param {{clientX: number, clientY: number}} event @returns {[number, number]} pixels of the overlay */
  place(event) {
    const box = this.plot.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  keepFromPlotly(event) {
    if (!this.inPlot(event)) return;
    event.stopPropagation();
    if (event.cancelable && event.type.startsWith("touch")) event.preventDefault();
  }

  press(event) {
    if (!this.inPlot(event)) return;
    this.stage.classList.add("mx-pointed");
    this.stage.focus({ preventScroll: true });
    this.stage.setPointerCapture(event.pointerId);
    this.told.hover(-1, 0, 0);
    const [x, y] = this.place(event);
    this.fingers.set(event.pointerId, [x, y]);
    if (this.fingers.size > 1) { this.stop(); this.mode = "pinching"; return; }
    this.start = { x, y, button: event.button, slack: CLICK[event.pointerType] ?? CLICK.mouse };
    if (event.button === 0 && this.onProbe(x, y, event.pointerType)) this.grab(x, y);
    else this.mode = "pressed";
  }

  onProbe(x, y, kind) {
    const place = this.overlay.probePlace();
    return place !== null && Math.hypot(place[0] - x, place[1] - y) <= (GRIP[kind] ?? GRIP.mouse);
  }

  grab(x, y) {
    const [px, py] = this.overlay.probePlace();
    this.mode = "probe";
    this.moved = false;
    this.dragged = 0;
    this.offset = [px - x, py - y];
    this.held = Array.from(this.probe.position);
    this.stage.classList.add("mx-dragging");
    this.probe.hold(true);
  }

  move(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return this.look(event);
    const now = this.place(event);
    if (this.mode === "pressed" && !this.away(now)) return;
    const fingers = this.mode === "pinching" && [...this.fingers.values()];
    this.fingers.set(event.pointerId, now);
    if (this.mode === "pressed") this.mode = "turning";
    if (this.mode === "probe") this.drag(event, now);
    else if (this.mode === "turning") this.turn(event, now[0] - before[0], now[1] - before[1]);
    else if (this.mode === "pinching") this.told.camera(pinched(fingers, [...this.fingers.values()], this.overlay.projection));
  }

  away([x, y]) {
    return Math.hypot(x - this.start.x, y - this.start.y) >= this.start.slack;
  }

  /** A move that does not wait for the next frame, where the browser tells of such: its picture is there half a frame or more earlier. */
  early(event) {
    if (this.mode === "probe" && event.timeStamp - this.dragged >= APART) this.move(event);
  }

  /** Moves the probe in the plane that faces the camera through where it was taken: the edge of the view does not shift that plane. */
  drag(event, [x, y]) {
    if (event.timeStamp === this.dragged) return;
    this.dragged = event.timeStamp;
    this.moved ||= this.away([x, y]);
    const { projection } = this.overlay;
    if (!this.moved || !projection.refresh()) return;
    const depth = projection.toScreen(this.held)[2];
    this.probe.moveTo(projection.toPoint(x + this.offset[0], y + this.offset[1], depth), event.timeStamp);
  }

  /** The height of the picture is half a turn. */
  turn(event, right, down) {
    const { height } = this.overlay.projection;
    const slides = this.start.button !== 0 || event.ctrlKey || event.metaKey;
    if (slides) this.told.camera((camera) => slid(camera, right / height, down / height));
    else this.told.camera((camera) => turned(camera, (Math.PI * right) / height, (Math.PI * down) / height));
  }

  wheel(event) {
    if (!this.inPlot(event)) return;
    event.preventDefault();
    event.stopPropagation();
    this.told.camera(wheeled(event, this.place(event), this.overlay.projection));
  }

  /** A finger that hovers is none: only mouse and pen look. */
  look(event) {
    if (!this.inPlot(event) || event.pointerType === "touch") return this.told.hover(-1, 0, 0);
    const [x, y] = this.place(event);
    const near = this.onProbe(x, y, event.pointerType);
    this.stage.classList.toggle("mx-near-probe", near);
    this.told.hover(near ? -1 : this.overlay.pick(x, y), x, y);
  }

  release(event) {
    if (!this.fingers.delete(event.pointerId)) return;
    const lifted = event.type === "pointerup";
    const clicked = this.mode === "pressed" && this.start.button === 0 && lifted;
    if (this.mode === "probe" && lifted && !this.moved) this.tapProbe(event.timeStamp);
    this.stop();
    if (!clicked) return;
    const index = this.overlay.pick(...this.place(event));
    if (index >= 0) this.told.pick(index);
  }

  /** @param {number} time of a press on the probe that did not move it */
  tapProbe(time) {
    if (time - (this.tapped ?? -Infinity) < TWICE) this.told.centre();
    this.tapped = time;
  }

  /** After two fingers the one that stays does nothing until it too has left. */
  stop() {
    if (this.mode === "probe") this.probe.hold(false);
    this.stage.classList.remove("mx-dragging");
    this.mode = "rest";
  }

  dispose() {
    this.abort.abort();
  }
}
