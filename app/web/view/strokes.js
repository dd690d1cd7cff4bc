/** What a pen draws of the layers, at places in pixels. */

export const STAR = { outer: 12, inner: 5 };
const HALO = { outer: 23, inner: 14 }; // of a star that something stands on: it looks out from below
const SPOT = 24; // pixels, radius of what marks a handle in the presenter view
export const LETTER = 15; // pixels, and at most as wide

/**
 * Through places, with an edge that sets it off from the points.
 * @param {CanvasRenderingContext2D} pen @param {ArrayLike<number>[]} places
 * @param {import("../core/theme.js").ThemeColours} theme
 * @param {number} width pixels
 */
export function line(pen, places, theme, width) {
  pen.lineJoin = "round";
  /** @type {[string, number][]} */
  const strokes = [[theme.surface, width + 2.25], [theme.accent, width]];
  for (const [colour, breadth] of strokes) {
    pen.beginPath();
    for (const place of places) pen.lineTo(place[0], place[1]);
    pen.strokeStyle = colour;
    pen.lineWidth = breadth;
    pen.stroke();
  }
}

export function ring(pen, [x, y], radius, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.stroke();
}

/**
 * Each larger than the one before it: a point may bear all three.
 * @type {Object<import("./layers.js").Mark, Function>}
 */
export const MARKS = {
  ring: (pen, place, colour) => ring(pen, place, 4, colour),
  square: (pen, place, colour) => outline(pen, place, [[-5.5, -5.5], [5.5, -5.5], [5.5, 5.5], [-5.5, 5.5]], colour),
  triangle: (pen, place, colour) => outline(pen, place, [[0, -12], [10.4, 6], [-10.4, 6]], colour),
};

function outline(pen, [x, y], corners, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const [right, down] of corners) pen.lineTo(x + right, y + down);
  pen.closePath();
  pen.stroke();
}

export function disc(pen, x, y, radius, edge, theme) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fillStyle = theme.accent;
  pen.fill();
  pen.lineWidth = edge;
  pen.strokeStyle = theme.surface;
  pen.stroke();
}

/** What the back row sees of a handle. */
export function spot(pen, x, y, theme) {
  pen.beginPath();
  pen.arc(x, y, SPOT, 0, 2 * Math.PI);
  pen.fillStyle = theme.accent;
  pen.globalAlpha = 0.3;
  pen.fill();
  pen.globalAlpha = 1;
  pen.strokeStyle = theme.accent;
  pen.lineWidth = 2;
  pen.stroke();
}

export function star(pen, x, y, near) {
  const [outer, inner] = ["outer", "inner"].map((part) => STAR[part] + near * (HALO[part] - STAR[part]));
  pen.beginPath();
  for (let corner = 0; corner < 10; corner += 1) {
    const radius = corner % 2 ? inner : outer;
    const angle = (corner * Math.PI) / 5 - Math.PI / 2;
    pen.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  pen.closePath();
}

export function write(pen, text, x, y, theme) {
  pen.font = `600 ${LETTER}px ${theme.font}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.lineWidth = 4;
  pen.strokeStyle = theme.surface;
  pen.strokeText(text, x, y);
  pen.fillStyle = theme.text;
  pen.fillText(text, x, y);
}
