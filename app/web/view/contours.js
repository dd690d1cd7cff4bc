/** Closed lines in slices through a cloud, each slice filled so that what lies behind shows through. */

const FILL = 0.05; // opacity: slices lie one over the other
const LINE = 0.45;

/** @typedef {import("./layers.js").Layer} Layer @typedef {import("./layers.js").Point} Point */

/** @implements {Layer} */
export class Contours {
  /** @param {Point[][][]} slices lines by slice; inner ones bound holes */
  constructor(slices) {
    this.slices = slices;
    this.all = slices.flat(2);
  }

  places(project) {
    return this.all.map(project);
  }

  draw(pen, project, theme) {
    pen.fillStyle = pen.strokeStyle = theme.text;
    pen.lineWidth = 1;
    for (const lines of this.slices) {
      pen.beginPath();
      for (const line of lines) this.trace(pen, line, project);
      pen.globalAlpha = FILL;
      pen.fill("evenodd");
      pen.globalAlpha = LINE;
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  trace(pen, line, project) {
    line.forEach((point, at) => {
      const [x, y] = project(point);
      if (at) pen.lineTo(x, y);
      else pen.moveTo(x, y);
    });
    pen.closePath();
  }
}
