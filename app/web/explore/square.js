/**
 * The square that is cut out of a picture, as plain numbers.
 *
 * A box is {x, y, side} in pixels of the picture as it is shown, {width, height}; every function returns a box inside
 * the picture.
 */

/**
 * @typedef {{x: number, y: number, side: number}} Box
 * @typedef {{width: number, height: number}} Size
 */

const SMALLEST = 0.08; // of the shorter side

/** @param {Size} size @returns {Box} the largest square in the middle, which the server takes by default */
export function centred(size) {
  const side = shorter(size);
  return { x: (size.width - side) / 2, y: (size.height - side) / 2, side };
}

/**
 * @param {Box} box @param {number} dx @param {number} dy @param {Size} size
 * @returns {Box} moved, as far as the picture goes
 */
export function moved({ x, y, side }, dx, dy, { width, height }) {
  return { x: within(x + dx, 0, width - side), y: within(y + dy, 0, height - side), side };
}

/**
 * Drag one corner to a point; the opposite corner stays.
 * @param {Box} box
 * @param {[number, number]} corner which one: -1 left or top, 1 right or bottom
 * @param {{x: number, y: number}} point
 * @param {Size} size
 * @returns {Box}
 */
export function stretched(box, [right, down], point, size) {
  const x = right > 0 ? box.x : box.x + box.side;
  const y = down > 0 ? box.y : box.y + box.side;
  const room = Math.min(right > 0 ? size.width - x : x, down > 0 ? size.height - y : y);
  const wanted = Math.max(right * (point.x - x), down * (point.y - y));
  const side = within(wanted, Math.min(smallest(size), room), room);
  return { x: right > 0 ? x : x - side, y: down > 0 ? y : y - side, side };
}

/** @param {Box} box @param {number} by pixels @param {Size} size @returns {Box} larger or smaller about its middle */
export function grown({ x, y, side }, by, size) {
  const next = within(side + by, smallest(size), shorter(size));
  const shift = (side - next) / 2;
  return moved({ x, y, side: next }, shift, shift, size);
}

/**
 * @param {Box} box @param {Size} size
 * @returns {{left: number, top: number, side: number}} fractions of width, height, shorter side
 */
export function fractions({ x, y, side }, size) {
  return { left: x / size.width, top: y / size.height, side: side / shorter(size) };
}

/** @param {Size} size */
export function shorter({ width, height }) {
  return Math.min(width, height);
}

function smallest(size) {
  return shorter(size) * SMALLEST;
}

function within(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
