/**
 * The manifold from the side: two axes of the latents' view lie flat, with all test images on them, and the height is
 * how far a picture is from what the model draws for it. An arrow leads from the noisy picture down to that.
 */

import { h } from "../core/dom.js";
import { View } from "../view/view.js";
import { line } from "../view/strokes.js";

const HIGHEST = 0.4; // root mean square, pixels in [0, 1]
const AXES = ["PC1", "PC2", "RMS"];
const HEAD = 9; // pixels
const LETTER = 15;

/**
 * @typedef {import("../view/layers.js").Layer} Layer
 * @typedef {number[]} Place in the view (3,)
 * @typedef {{noisy: Place, drawn: Place, clean: Place, way: Place[]}} Shown
 */

export class Manifold {
  /** @param {import("../learn/contents.js").LessonContext} context */
  constructor({ t, palette, theme }) {
    this.palette = palette;
    this.theme = theme;
    this.stage = h("div", { class: "mx-manifold-stage", role: "group", "aria-label": t("denoising.manifold.label"),
      "data-testid": "manifold" });
    this.element = h("figure", { class: "mx-manifold" },
      h("figcaption", {}, t("denoising.manifold")), this.stage,
      h("p", { class: "mx-note" }, t("denoising.manifold.note")));
    /** @type {Shown|null} */
    this.shown = null;
  }

  /** @param {import("../core/api.js").Card} card @param {Float32Array} points (n, 3) @param {Uint8Array} labels */
  begin(card, points, labels) {
    const flat = points.map((value, at) => (at % 3 === 2 ? 0 : value));
    const limits = [card.ranges[0], card.ranges[1], [0, HIGHEST]];
    const { palette } = this;
    this.view = new View(this.stage, { points: flat, labels, limits, axes: AXES, palette, theme: this.theme() });
    this.view.add(new Way(() => this.shown));
    this.view.add(new Arrow(() => this.shown));
  }

  /** @param {Shown} shown */
  show(shown) {
    this.shown = shown;
    this.view?.layers.draw();
  }

  recolour() {
    this.view?.setTheme(this.theme());
  }

  dispose() {
    this.view?.dispose();
  }
}

/** Where the picture goes as its noise grows. @implements {Layer} */
class Way {
  /** @param {() => Shown|null} shown */
  constructor(shown) {
    this.shown = shown;
  }

  places(project) {
    return (this.shown()?.way ?? []).map(project);
  }

  draw(pen, project, theme) {
    pen.globalAlpha = 0.55;
    line(pen, this.places(project), { ...theme, accent: theme.muted }, 1.5);
    pen.globalAlpha = 1;
  }
}

/** From the noisy picture to what is drawn for it, each with its name. @implements {Layer} */
class Arrow {
  /** @param {() => Shown|null} shown */
  constructor(shown) {
    this.shown = shown;
  }

  places(project) {
    const shown = this.shown();
    return shown ? [shown.noisy, shown.drawn, shown.clean].map(project) : [];
  }

  draw(pen, project, theme) {
    const [noisy, drawn, clean] = this.places(project);
    if (!noisy) return;
    line(pen, [noisy, drawn], theme, 2.5);
    head(pen, noisy, drawn, theme);
    dot(pen, noisy, theme.accent, theme.surface);
    dot(pen, clean, theme.surface, theme.text);
    name(pen, "x̃", noisy, theme);
    name(pen, "x", clean, theme);
  }
}

function head(pen, [fx, fy], [x, y], theme) {
  const along = Math.atan2(y - fy, x - fx);
  pen.beginPath();
  pen.moveTo(x, y);
  for (const turn of [-0.45, 0.45]) pen.lineTo(x - HEAD * Math.cos(along + turn), y - HEAD * Math.sin(along + turn));
  pen.closePath();
  pen.fillStyle = theme.accent;
  pen.fill();
}

function dot(pen, [x, y], fill, edge) {
  pen.beginPath();
  pen.arc(x, y, 6, 0, 2 * Math.PI);
  pen.fillStyle = fill;
  pen.fill();
  pen.lineWidth = 2.5;
  pen.strokeStyle = edge;
  pen.stroke();
}

function name(pen, text, [x, y], theme) {
  pen.font = `600 ${LETTER}px ${theme.font}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.lineWidth = 4;
  pen.strokeStyle = theme.surface;
  pen.strokeText(text, x + 10, y);
  pen.fillStyle = theme.text;
  pen.fillText(text, x + 10, y);
}
