/** The settled state: what a link must carry to open the same view. */

const PAUSE = 250;

/**
 * @typedef {{p: number[]|null, anchor: number|null, camera: Object<string, {x: number, y: number, z: number}>|null, k: number}} View
 */

/** @param {ArrayLike<number>} numbers @param {number} digits */
const round = (numbers, digits) => Array.from(numbers, (value) => Number(value.toFixed(digits)));

/** Collects the state and hands it on once per rest, and only when it differs from what was handed on before. */
export class SettledView {
  /** @param {() => View & {model: string}} read @param {(view: View & {model: string}) => void} tell */
  constructor(read, tell) {
    this.read = read;
    this.tell = tell;
    this.told = "";
  }

  /** The view as it stands needs no telling. */
  mark() {
    this.told = JSON.stringify(this.read());
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.now(), PAUSE);
  }

  now() {
    const view = this.read();
    const written = JSON.stringify(view);
    if (written === this.told) return;
    this.told = written;
    this.tell(view);
  }

  dispose() {
    clearTimeout(this.timer);
  }
}

/**
 * @param {import("./probe.js").Probe} probe
 * @param {Object<string, {x: number, y: number, z: number}>|null} camera
 * @param {number} k
 * @returns {View} rounded to what a short link carries; `p` is null where the probe stands on its anchor
 */
export function snapshot(probe, camera, k) {
  const { anchor, position } = probe;
  const home = position.every((value, axis) => Math.abs(value - anchor.position[axis]) < 5e-4);
  const rounded = camera && Object.fromEntries(Object.entries(camera).map(([name, { x, y, z }]) => [name, Object.fromEntries(
    ["x", "y", "z"].map((axis, at) => [axis, round([x, y, z], 3)[at]]))]));
  return { p: home && anchor.kind !== "upload" ? null : round(position, 3), anchor: anchor.index, camera: rounded, k };
}

/**
 * Puts the probe where a link says.
 * @param {import("./probe.js").Probe} probe @param {View} view @param {number} start sample to begin with when the view names none
 */
export async function restore(probe, view, start) {
  if (view.anchor !== null) await probe.goToSample(view.anchor);
  else if (!view.p) await probe.goToSample(start);
  if (view.p) probe.moveTo(view.p);
}
