/** A circle in the cloud that faces the viewer. */

import { proportions } from "../view/box.js";

const APART = 100; // pixels on the screen between which directions are taken

/**
 * @param {import("../view/view.js").View} view once it is drawn
 * @param {import("../view/layers.js").Point} point the middle
 * @param {number} radius as a share of the box's longest side
 * @returns {number[][]} the two half axes (2, 3), right and up on the screen
 */
export function facing({ lens, limits }, point, radius) {
  const box = proportions(limits);
  const sides = [box.x, box.y, box.z];
  const units = sides.map((size, axis) => size / (limits[axis][1] - limits[axis][0]));
  const wanted = radius * Math.max(...sides);
  const [x, y, depth] = lens.place(point);
  return [lens.point(x + APART, y, depth), lens.point(x, y - APART, depth)].map((end) => {
    const way = end.map((value, axis) => value - point[axis]);
    const length = Math.hypot(...way.map((value, axis) => value * units[axis]));
    return way.map((value) => (wanted / length) * value);
  });
}
