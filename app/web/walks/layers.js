/** A walk in the cloud: its line, and its stops, which a hand can take and drag. */

import { line } from "../view/strokes.js";
import { LETTERS } from "./walk.js";

const RADIUS = 7;
const LETTER = 14; // pixels

/** @typedef {import("../view/layers.js").Layer} Layer @typedef {import("../view/layers.js").Point} Point */

/** The line through points. @implements {Layer} */
export class WayLine {
  /** @param {() => Point[]} points */
  constructor(points) {
    this.points = points;
  }

  places(project) {
    return this.points().map(project);
  }

  draw(pen, project, theme) {
    line(pen, this.places(project), theme, 2.25);
  }
}

/** One stop with its letter. @implements {Layer} */
export class StopMark {
  /**
   * @param {import("./walk.js").Walk} walk @param {number} at which stop
   * @param {{hold: (held: boolean) => void, adjust: (point: number[]) => number[]}} hand
   */
  constructor(walk, at, { hold, adjust }) {
    this.letter = LETTERS[at];
    /** @type {import("../view/layers.js").Grip} */
    this.grip = { point: () => walk.stops[at].point, hold, moveTo: (point) => walk.move(at, adjust(point)) };
  }

  places(project) {
    return [project(this.grip.point())];
  }

  draw(pen, project, theme) {
    const [[x, y]] = this.places(project);
    pen.beginPath();
    pen.arc(x, y, RADIUS, 0, 2 * Math.PI);
    pen.fillStyle = theme.surface;
    pen.fill();
    pen.lineWidth = 3;
    pen.strokeStyle = theme.accent;
    pen.stroke();
    pen.font = `700 ${LETTER}px ${theme.font}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineWidth = 4;
    pen.strokeStyle = theme.surface;
    pen.strokeText(this.letter, x + 13, y - 13);
    pen.fillStyle = theme.text;
    pen.fillText(this.letter, x + 13, y - 13);
  }
}
