/** The keys that turn and zoom, the same in the scene and in the film: W A S D turn as a drag up, left, down, right would, + and − zoom. */

import { turned, zoomed } from "./orbit.js";

const TURN = Math.PI / 24;
const NEARER = 0.9;
const TURNS = { a: [-TURN, 0], d: [TURN, 0], w: [0, -TURN], s: [0, TURN] };
const ZOOMS = { "+": NEARER, "=": NEARER, "-": 1 / NEARER, _: 1 / NEARER };

/** @typedef {import("./orbit.js").Camera} Camera */

/** @param {KeyboardEvent} event without Ctrl, Alt or Meta @returns {((camera: Camera) => Camera)|null} what it does to the camera */
export function cameraChange(event) {
  const key = letterOf(event);
  if (TURNS[key]) return (camera) => turned(camera, ...TURNS[key]);
  return ZOOMS[key] ? (camera) => zoomed(camera, ZOOMS[key]) : null;
}

/** A keyboard that writes no Latin letters (ㅈ ㅁ ㄴ ㅇ) is asked for the place of the key instead. @param {KeyboardEvent} event @returns {string} */
export function letterOf({ key, code }) {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  return /^Key[A-Z]$/.test(code) ? code[3].toLowerCase() : key;
}
