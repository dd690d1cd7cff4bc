/** Colours of classes and numbers in print. */

/**
 * The class's colour; more classes than colours start again at the first.
 * @param {number} label @param {{palette: string[]}} context
 */
export function classColour(label, { palette }) {
  return palette[label % palette.length];
}

/**
 * Black or white, whichever reads better on a colour (relative luminance of WCAG 2.2).
 * @param {string} colour "#rrggbb"
 */
export function textOn(colour) {
  const channels = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const [r, g, b] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
}

/** A distance between latents or pictures: "0.123", "1.23", "12.3". @param {number} value */
export function distanceInPrint(value) {
  return value < 0.0005 ? "0" : value.toFixed(value < 1 ? 3 : value < 10 ? 2 : 1);
}

/** One minus a cosine, to two digits, as it may be very small: "0.21", "0.00013". @param {number} value */
export function cosineInPrint(value) {
  return value < 1e-6 ? "0" : String(Number(value.toPrecision(2)));
}

/** How a distance is printed, by its metric. */
export const PRINT = { euclidean: distanceInPrint, cosine: cosineInPrint };

/** A percentile, 0 to 100, never rounded up: "43", "99.4", and "100" for what lies beyond all. @param {number} value */
export function percentInPrint(value) {
  if (value >= 100) return "100";
  return value >= 99 ? (Math.floor(10 * value) / 10).toFixed(1) : String(Math.floor(value));
}
