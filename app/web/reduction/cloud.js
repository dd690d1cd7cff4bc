/**
 * The cloud of one method, in any element of definite size:
 *
 *     const cloud = new ReductionCloud(element, { labels, palette, shown });
 *     cloud.show(points, axesOf("pca"));
 *
 * Events: `hover` and `pick`, as a View's, their `index` one of the n points.
 */

import { Camera } from "../view/camera.js";
import { Rings } from "../view/layers.js";
import { View } from "../view/view.js";

const ROOM = 0.03; // of the box, around the cloud
const NAMED = { pca: "PC", lda: "LD", ica: "IC", nmf: "W", svd: "SV" };

/** @param {string} method @returns {string[]} what its axes are called; those of a map mean nothing: no names */
export function axesOf(method) {
  const name = NAMED[method];
  return [1, 2, 3].map((number) => (name ? `${name}${number}` : ""));
}

/**
 * @param {Float32Array} points (n, 3) @returns {import("../view/box.js").Limits} of a box that holds them all
 */
export function limitsOf(points) {
  return [0, 1, 2].map((axis) => {
    let [low, high] = [Infinity, -Infinity];
    for (let at = axis; at < points.length; at += 3) {
      low = Math.min(low, points[at]);
      high = Math.max(high, points[at]);
    }
    const room = Math.max(ROOM * (high - low), 1e-3);
    return [low - room, high + room];
  });
}

export class ReductionCloud extends EventTarget {
  /**
   * @param {HTMLElement} element
   * @param {{labels: Uint8Array, palette?: string[], shown?: boolean[],
   *   theme?: import("../core/theme.js").ThemeColours}} options
   */
  constructor(element, options) {
    super();
    this.element = element;
    this.options = options;
    this.camera = new Camera();
    /** @type {Camera|null} another view's, with which this one turns */
    this.shared = null;
    /** @type {number} the point with a ring around it, or -1 */
    this.marked = -1;
    /** @type {View|null} */
    this.view = null;
  }

  /** @param {Float32Array} points (n, 3) @param {string[]} axes their names */
  show(points, axes) {
    const shown = this.view?.shown ?? this.options.shown;
    const theme = this.view?.theme ?? this.options.theme;
    this.view?.dispose();
    const camera = this.shared ?? this.camera;
    this.view = new View(this.element,
      { ...this.options, shown, theme, points, limits: limitsOf(points), axes, camera });
    this.view.painter.surface.dataset.testid = "reduction-canvas";
    this.view.add(new Rings(() => (this.marked < 0 ? [] : [points.subarray(3 * this.marked, 3 * this.marked + 3)])));
    for (const name of ["hover", "pick"]) {
      this.view.addEventListener(name, (event) => {
        this.dispatchEvent(new CustomEvent(name, { detail: /** @type {CustomEvent} */ (event).detail }));
      });
    }
  }

  /** @param {number} index of the point that gets a ring, or -1 */
  mark(index) {
    this.marked = index;
    this.view?.layers.draw();
  }

  /** Turns with another view, or alone. @param {Camera|null} camera */
  share(camera) {
    this.shared = camera;
    this.view?.use(camera ?? this.camera);
  }

  /** @param {boolean[]} shown by class */
  setShown(shown) {
    this.options.shown = shown;
    this.view?.setShown(shown);
  }

  /** @param {import("../core/theme.js").ThemeColours} theme */
  setTheme(theme) {
    this.options.theme = theme;
    this.view?.setTheme(theme);
  }

  dispose() {
    this.view?.dispose();
    this.view = null;
  }
}
