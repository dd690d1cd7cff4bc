/** One sample followed through the film: picked by a click, its way drawn from frame to frame. */

const REACH = 14;

/**
 * The sample nearest to a place on the screen; of two that are equally near, the one in front.
 * @param {import("../view/lens.js").Lens} lens @param {number} x @param {number} y @param {number} unit pixels of the canvas per CSS pixel
 * @param {Float32Array} points (n, 3) @param {Uint8Array} labels @param {boolean[]} shown by class
 * @returns {number|null}
 */
export function pick(lens, x, y, unit, points, labels, shown) {
  let best = null;
  let least = REACH;
  for (let i = 0; i < labels.length; i += 1) {
    if (!shown[labels[i]]) continue;
    const [px, py, depth] = lens.place(points.subarray(3 * i, 3 * i + 3));
    const score = Math.round(Math.hypot(px / unit - x, py / unit - y)) + 0.1 * depth;
    if (depth > 0 && score < least) { least = score; best = i; }
  }
  return best;
}

/** @param {CanvasRenderingContext2D} pen @param {import("./stage.js").Stage} stage */
export function drawTrail(pen, { lens, unit, ink, points, followed }) {
  const { index, path, name } = followed;
  const [x, y] = lens.place(points.subarray(3 * index, 3 * index + 3));
  pen.lineJoin = "round";
  for (const [colour, width] of [[ink.surface, 4], [ink.accent, 1.75]]) {
    pen.beginPath();
    for (const place of path) pen.lineTo(...lens.place(place).slice(0, 2));
    pen.strokeStyle = colour;
    pen.lineWidth = width * unit;
    pen.stroke();
  }
  pen.beginPath();
  pen.arc(x, y, 7 * unit, 0, 2 * Math.PI);
  pen.fillStyle = ink.accent;
  pen.fill();
  pen.strokeStyle = ink.surface;
  pen.lineWidth = 2.5 * unit;
  pen.stroke();
  write(pen, name, x + 14 * unit, y, unit, ink);
}

function write(pen, text, x, y, unit, ink) {
  pen.font = `600 ${15 * unit}px ${ink.font}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.lineWidth = 4 * unit;
  pen.strokeStyle = ink.surface;
  pen.strokeText(text, x, y);
  pen.fillStyle = ink.text;
  pen.fillText(text, x, y);
}
