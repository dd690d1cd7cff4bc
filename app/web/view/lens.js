/** The camera as a matrix: from the film's coordinates to pixels. The same projection as the figure's. */

import { proportions } from "./box.js";
import { HALF_VIEW } from "../shared/drawing.js";

/** @typedef {import("./orbit.js").Camera} Camera */

export class Lens {
  /** Puts the camera up. @param {Camera} camera @param {number[][]} limits @param {number} width @param {number} height pixels */
  aim(camera, limits, width, height) {
    const { eye, center, up } = camera;
    const back = unit([eye.x - center.x, eye.y - center.y, eye.z - center.z]);
    const right = unit(cross([up.x, up.y, up.z], back));
    const above = cross(back, right);
    const box = proportions(limits);
    const scale = [box.x, box.y, box.z].map((size, axis) => size / (limits[axis][1] - limits[axis][0]));
    const shift = limits.map(([low, high], axis) => -scale[axis] * 0.5 * (low + high));
    const from = [eye.x, eye.y, eye.z];
    const row = (way, times) => [...way.map((part, axis) => times * part * scale[axis]), times * dot(way, shift.map((value, axis) => value - from[axis]))];
    const zoom = (0.5 * height) / HALF_VIEW; // pixels per unit of slope
    const depth = row(back, -1);
    /** Rows of x, y and depth: pixel = row . (p, 1) / depth + middle. */
    this.x = row(right, zoom);
    this.y = row(above, -zoom);
    this.depth = depth;
    this.middle = [0.5 * width, 0.5 * height];
    this.eye = from.map((value, axis) => (value - shift[axis]) / scale[axis]);
    this.distance = Math.hypot(eye.x - center.x, eye.y - center.y, eye.z - center.z);
    this.zoom = zoom;
    this.reach = 0.5 * Math.hypot(box.x, box.y, box.z);
    return this;
  }

  /** @param {ArrayLike<number>} p @returns {[number, number, number]} x, y in pixels, and the depth, which is positive in front of the camera */
  place(p) {
    const along = (row) => row[0] * p[0] + row[1] * p[1] + row[2] * p[2] + row[3];
    const depth = along(this.depth);
    return [along(this.x) / depth + this.middle[0], along(this.y) / depth + this.middle[1], depth];
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
