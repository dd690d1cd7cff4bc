/**
 * From points of a cloud to pixels, and back: three rows, pixel = row . (p, 1) / depth + middle. A painter gives the
 * lens of what it shows, so that picking, dragging and layers need not know who paints.
 */

import { HALF_VIEW } from "../shared/view.js";
import { proportions } from "./box.js";

/** @typedef {[number, number, number]} Place x and y in pixels, and the depth, which is positive before the camera */

export class Lens {
  /**
   * A camera's, as Plotly's is.
   * @param {import("./orbit.js").Pose} pose @param {import("./box.js").Limits} limits
   * @param {number} width @param {number} height pixels
   */
  aim({ eye, center, up }, limits, width, height) {
    const back = unit([eye.x - center.x, eye.y - center.y, eye.z - center.z]);
    const right = unit(cross([up.x, up.y, up.z], back));
    const above = cross(back, right);
    const box = proportions(limits);
    const scale = [box.x, box.y, box.z].map((size, axis) => size / (limits[axis][1] - limits[axis][0]));
    const shift = limits.map(([low, high], axis) => -scale[axis] * 0.5 * (low + high));
    const from = [eye.x, eye.y, eye.z];
    const offset = shift.map((value, axis) => value - from[axis]);
    const row = (way, times) => [...way.map((part, axis) => times * part * scale[axis]), times * dot(way, offset)];
    const zoom = (0.5 * height) / HALF_VIEW; // pixels per unit of slope
    this.x = row(right, zoom);
    this.y = row(above, -zoom);
    this.depth = row(back, -1);
    this.middle = [0.5 * width, 0.5 * height];
    /** Where the eye is among the points; how far from what it looks at; how far the box goes from its middle. */
    this.eye = from.map((value, axis) => (value - shift[axis]) / scale[axis]);
    this.distance = Math.hypot(eye.x - center.x, eye.y - center.y, eye.z - center.z);
    this.reach = 0.5 * Math.hypot(box.x, box.y, box.z);
    return this;
  }

  /**
   * That of WebGL's matrix (column-major, points to clip space) for a picture at left, top of the view.
   * @param {ArrayLike<number>} matrix @param {{left: number, top: number, width: number, height: number}} frame
   */
  take(matrix, { left, top, width, height }) {
    const row = (at, times) => [0, 4, 8, 12].map((column) => times * matrix[column + at]);
    this.x = row(0, 0.5 * width);
    this.y = row(1, -0.5 * height);
    this.depth = row(3, 1);
    this.middle = [left + 0.5 * width, top + 0.5 * height];
    return this;
  }

  /** @param {ArrayLike<number>} p @returns {Place} */
  place(p) {
    const along = (row) => row[0] * p[0] + row[1] * p[1] + row[2] * p[2] + row[3];
    const depth = along(this.depth);
    return [along(this.x) / depth + this.middle[0], along(this.y) / depth + this.middle[1], depth];
  }

  /** @param {number} x @param {number} y @param {number} depth as `place` gave it @returns {number[]} the point */
  point(x, y, depth) {
    const { x: a, y: b, depth: c, middle } = this;
    const wanted = [(x - middle[0]) * depth - a[3], (y - middle[1]) * depth - b[3], depth - c[3]];
    const sides = [cross(b, c), cross(c, a), cross(a, b)];
    const volume = dot(a, sides[0]);
    return [0, 1, 2].map((axis) => sides.reduce((sum, side, row) => sum + wanted[row] * side[axis], 0) / volume);
  }

  /** @param {number} times @returns {Lens} of a picture with so many times the pixels */
  scaled(times) {
    const by = (row) => row.map((value) => times * value);
    return Object.assign(new Lens(), this, { x: by(this.x), y: by(this.y), middle: by(this.middle) });
  }
}

function dot(a, b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a, b) {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(a) {
  const length = Math.hypot(...a) || 1;
  return a.map((part) => part / length);
}
