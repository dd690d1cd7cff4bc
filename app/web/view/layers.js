/**
 * What lies above a cloud, drawn anew with each of its frames: marks, lines, something to take and drag.
 *
 * A layer reads what it draws from functions that it was made with, so that it never has to be told.
 *
 * @typedef {import("./lens.js").Place} Place
 * @typedef {(point: ArrayLike<number>) => Place} Project a point's place in the view, CSS pixels
 * @typedef {ArrayLike<number>} Point
 * @typedef {"ring"|"square"|"triangle"} Mark
 * @typedef {import("../core/theme.js").ThemeColours} ThemeColours
 *
 * @typedef {object} Layer
 * @property {(project: Project) => ArrayLike<number>[]} places around which it draws, at most MARGIN pixels away
 * @property {(pen: CanvasRenderingContext2D, project: Project, theme: ThemeColours) => void} draw
 * @property {(x: number, y: number, project: Project) => boolean} [hit] whether it is at that place
 * @property {(x: number, y: number, project: Project) => number} [sampleAt] the sample that it draws there, or -1
 * @property {Grip} [grip] where and how a hand takes it
 *
 * @typedef {object} Grip
 * @property {() => Point} point where it is
 * @property {(held: boolean) => void} hold a hand has taken it, or has let go
 * @property {(point: number[], time: number) => void} moveTo `time` of the input, in performance.now() milliseconds
 */

import { isPresenting } from "../core/link_options.js";
import { disc, LETTER, line, MARKS, ring, spot, STAR, star, write } from "./strokes.js";

export const MARGIN = 26; // pixels

const APART = 24; // pixels between the two from which on neither hides the other
const FAINT = 0.25; // opacity of a path where it begins
const THREAD = { opacity: [0.2, 0.7], width: [0.75, 1.75], slope: 3 }; // of a line to an end far behind, far before

/** A circle around each of some points. @implements {Layer} */
export class Rings {
  /** @param {() => Point[]} points @param {number} [radius] pixels */
  constructor(points, radius = 7) {
    this.points = points;
    this.radius = radius;
  }

  places(project) {
    return this.points().map(project);
  }

  draw(pen, project, theme) {
    for (const place of this.places(project)) ring(pen, place, this.radius, theme.text);
  }
}

/**
 * Thin lines from one point to others, each with a mark around its end; the farther an end is behind the point, the
 * fainter its line.
 * @implements {Layer}
 */
export class Spokes {
  /** @param {() => Point} from @param {() => Point[]} ends @param {{dash: number[], mark: Mark}} style */
  constructor(from, ends, { dash, mark }) {
    this.from = from;
    this.ends = ends;
    this.dash = dash;
    this.mark = mark;
  }

  places(project) {
    return [this.from(), ...this.ends()].map(project);
  }

  draw(pen, project, theme) {
    const [[x, y, depth], ...ends] = this.places(project);
    for (const [ex, ey, deep] of ends.sort((a, b) => b[2] - a[2])) {
      const near = Math.min(1, Math.max(0, 0.5 + THREAD.slope * (1 - deep / depth)));
      pen.strokeStyle = theme.text;
      pen.lineWidth = THREAD.width[0] + near * (THREAD.width[1] - THREAD.width[0]);
      pen.globalAlpha = THREAD.opacity[0] + near * (THREAD.opacity[1] - THREAD.opacity[0]);
      pen.setLineDash(this.dash);
      pen.beginPath();
      pen.moveTo(x, y);
      pen.lineTo(ex, ey);
      pen.stroke();
      pen.setLineDash([]);
      pen.globalAlpha = 1;
      MARKS[this.mark](pen, [ex, ey], theme.text);
    }
  }
}

/**
 * A dashed line down to the floor of the box, and a shadow there: they tell the eye how high a point is, and where.
 * @implements {Layer}
 */
export class PlumbLine {
  /** @param {() => Point} point @param {number} floor the third coordinate of the floor */
  constructor(point, floor) {
    this.point = point;
    this.floor = floor;
  }

  places(project) {
    const point = this.point();
    return [point, [point[0], point[1], this.floor]].map(project);
  }

  draw(pen, project, theme) {
    const [[x, y], [fx, fy]] = this.places(project);
    pen.lineWidth = 1;
    pen.strokeStyle = theme.accent;
    pen.globalAlpha = 0.7;
    pen.setLineDash([3, 4]);
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(fx, fy);
    pen.stroke();
    pen.setLineDash([]);
    pen.beginPath();
    pen.ellipse(fx, fy, 7, 3.5, 0, 0, 2 * Math.PI);
    pen.stroke();
    pen.globalAlpha = 0.3;
    pen.fillStyle = theme.accent;
    pen.fill();
    pen.globalAlpha = 1;
  }
}

/** A star, larger the nearer it is to what may stand on it. @implements {Layer} */
export class Star {
  /**
   * @param {() => Point|null} point null: there is none
   * @param {keyof ThemeColours} colour
   * @param {() => Point} above what may stand on it
   */
  constructor(point, colour, above) {
    this.point = point;
    this.colour = colour;
    this.above = above;
  }

  places(project) {
    const point = this.point();
    return point ? [project(point)] : [];
  }

  draw(pen, project, theme) {
    const [px, py] = project(this.above());
    for (const [x, y] of this.places(project)) {
      star(pen, x, y, Math.max(0, 1 - Math.hypot(px - x, py - y) / APART));
      pen.fillStyle = theme[this.colour];
      pen.strokeStyle = theme.text;
      pen.lineWidth = 2;
      pen.fill();
      pen.stroke();
    }
  }

  hit(x, y, project) {
    return this.places(project).some(([sx, sy, depth]) => depth > 0 && Math.hypot(sx - x, sy - y) <= STAR.outer);
  }
}

/** A disc in the colour of the probe. @implements {Layer} */
export class Disc {
  /** @param {() => Point|null} point null: there is none */
  constructor(point) {
    this.point = point;
  }

  places(project) {
    const point = this.point();
    return point ? [project(point)] : [];
  }

  draw(pen, project, theme) {
    for (const [x, y] of this.places(project)) {
      if (isPresenting()) spot(pen, x, y, theme);
      disc(pen, x, y, 9, 3, theme);
      ring(pen, [x, y], 11.5, theme.text);
    }
  }
}

/** A disc that a hand can take and drag. @implements {Layer} */
export class Handle extends Disc {
  /** @param {Grip} grip */
  constructor(grip) {
    super(() => grip.point());
    this.grip = grip;
  }
}

/** A thin line through points, fainter toward its beginning. @implements {Layer} */
export class Path {
  /** @param {() => Point[]} points */
  constructor(points) {
    this.points = points;
  }

  places(project) {
    return this.points().map(project);
  }

  draw(pen, project, theme) {
    const places = this.places(project);
    for (let at = 1; at < places.length; at += 1) {
      pen.globalAlpha = FAINT + (1 - FAINT) * (at / places.length);
      line(pen, places.slice(at - 1, at + 1), theme, 1.5);
    }
    pen.globalAlpha = 1;
  }
}

/** The way of one point, where it is on it now, and its name. @implements {Layer} */
export class Trail {
  /** @param {() => {path: Point[], point: Point, name: string}|null} followed null: nothing is */
  constructor(followed) {
    this.followed = followed;
  }

  places(project) {
    const followed = this.followed();
    if (!followed) return [];
    const [x, y] = project(followed.point);
    return [...followed.path.map(project), [x, y], [x + LETTER * followed.name.length, y]];
  }

  draw(pen, project, theme) {
    const followed = this.followed();
    if (!followed) return;
    const [x, y] = project(followed.point);
    line(pen, followed.path.map(project), theme, 1.75);
    disc(pen, x, y, 7, 2.5, theme);
    write(pen, followed.name, x + 14, y, theme);
  }
}
