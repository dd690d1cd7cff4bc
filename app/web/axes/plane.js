/** A rectangle in the view, parallel to two of its axes, and the middles of its fields. Nothing here knows the page. */

export const SIDE = 7; // fields each way: 49 pictures come in one answer

/**
 * @typedef {object} Plane
 * @property {number[][]} corners (4, 3), one after the other
 * @property {number[]} origin (3,) the corner that is lowest on both axes
 * @property {number} across the axis that goes to the right @property {number} along the one that goes up
 * @property {number[]} size on both
 */

/**
 * @param {ArrayLike<number>} point in the rectangle: its middle, where the box allows that
 * @param {number[][]} limits (3, 2) @param {number} across axis @param {number} along axis @param {number} extent share
 *   of the box on both axes
 * @returns {Plane}
 */
export function planeOf(point, limits, across, along, extent) {
  const origin = Array.from(point);
  const size = [across, along].map((axis) => {
    const [low, high] = limits[axis];
    const wide = extent * (high - low);
    origin[axis] = Math.min(Math.max(point[axis] - wide / 2, low), high - wide);
    return wide;
  });
  const corner = (right, up) => {
    const place = [...origin];
    place[across] += right * size[0];
    place[along] += up * size[1];
    return place;
  };
  return { corners: [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)], origin, across, along, size };
}

/** @param {Plane} plane @returns {number[][]} (49, 3) row by row from the upper left, as one reads */
export function centresOf({ origin, across, along, size }) {
  return Array.from({ length: SIDE * SIDE }, (_, at) => {
    const place = [...origin];
    place[across] += (size[0] * ((at % SIDE) + 0.5)) / SIDE;
    place[along] += (size[1] * (SIDE - 0.5 - Math.floor(at / SIDE))) / SIDE;
    return place;
  });
}
