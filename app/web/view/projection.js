/**
 * Where a point of the cloud stands on the screen, and back.
 *
 * Plotly has no public projection. Every use of its private fields is in this module; they were checked with plotly.js 4.1.1,
 * and a browser test compares the outcome with Plotly's own hover.
 */

export class Projection {
  /** @param {HTMLElement} plot the element that Plotly drew in */
  constructor(plot) {
    this.plot = plot;
    this.matrix = new Float64Array(16);
    this.left = this.top = this.width = this.height = 0;
  }

  get scene() {
    return this.plot._fullLayout?.scene?._scene;
  }

  /**
   * Runs `draw` with each frame that Plotly draws, so that an overlay never lags behind the camera.
   * A restored WebGL context has a new renderer: call again after `plotly_afterplot`.
   * @param {() => void} draw
   */
  follow(draw) {
    const renderer = this.scene?.glplot;
    if (!renderer || renderer.mxFollowed) return;
    const first = renderer.onrender;
    renderer.mxFollowed = true;
    renderer.onrender = () => { first?.(); draw(); };
    this.spare(renderer);
  }

  /**
   * Spares Plotly what is ours: we pick by projecting the points, so its second, hidden drawing of the cloud is wasted work; and we
   * draw anew after a lost context, which its own attempt would meet half way.
   */
  spare(renderer) {
    renderer.oncontextloss = null;
    for (const object of renderer.objects) object.drawPick = null;
  }

  /** Takes the camera of this moment; clip = projection * view * model * scale. @returns {boolean} false when there is no scene */
  refresh() {
    const scene = this.scene;
    const camera = scene?.glplot?.cameraParams;
    if (!camera?.projection) return false;
    multiply(this.matrix, camera.projection, multiply(new Float64Array(16), camera.view, camera.model));
    for (let axis = 0; axis < 3; axis += 1) for (let row = 0; row < 4; row += 1) this.matrix[4 * axis + row] *= scene.dataScale[axis];
    this.inverse = null;
    return true;
  }

  /** Measures the drawing area; `origin` is the overlay's rectangle. @param {DOMRect} origin */
  measure(origin) {
    const box = (this.scene?.container ?? this.plot).getBoundingClientRect();
    this.left = box.left - origin.left;
    this.top = box.top - origin.top;
    this.width = box.width;
    this.height = box.height;
  }

  /** @param {ArrayLike<number>} point @returns {[number, number, number]} x and y in pixels of the overlay, depth in -1 (near) to 1 */
  toScreen(point) {
    const [x, y, z, w] = transform(this.matrix, point[0], point[1], point[2], 1);
    return [this.left + this.width * (0.5 + (0.5 * x) / w), this.top + this.height * (0.5 - (0.5 * y) / w), z / w];
  }

  /** @param {number} x @param {number} y @param {number} depth as `toScreen` gave it @returns {number[]} the point there */
  toPoint(x, y, depth) {
    this.inverse ??= invert(this.matrix);
    const across = (2 * (x - this.left)) / this.width - 1;
    const up = 1 - (2 * (y - this.top)) / this.height;
    const [px, py, pz, w] = transform(this.inverse, across, up, depth, 1);
    return [px / w, py / w, pz / w];
  }

  /**
   * The sample nearest to a place on the screen; of two that are equally near, the one in front.
   * @param {number} x @param {number} y @param {number} reach pixels
   * @param {Float32Array} points (n, 3) @param {Uint8Array} labels @param {boolean[]} shown by class
   * @returns {number} index, or -1
   */
  pick(x, y, reach, points, labels, shown) {
    const m = this.matrix;
    let best = -1;
    let least = reach + 1;
    for (let i = 0, at = 0; i < labels.length; i += 1, at += 3) {
      if (!shown[labels[i]]) continue;
      const a = points[at], b = points[at + 1], c = points[at + 2];
      const w = m[3] * a + m[7] * b + m[11] * c + m[15];
      if (w <= 0) continue;
      const dx = this.left + this.width * (0.5 + (0.5 * (m[0] * a + m[4] * b + m[8] * c + m[12])) / w) - x;
      if (dx > reach || dx < -reach) continue;
      const dy = this.top + this.height * (0.5 - (0.5 * (m[1] * a + m[5] * b + m[9] * c + m[13])) / w) - y;
      const distance = Math.hypot(dx, dy);
      if (distance > reach) continue;
      const depth = (m[2] * a + m[6] * b + m[10] * c + m[14]) / w;
      const score = Math.round(distance) + 0.5 * depth;
      if (score < least) { least = score; best = i; }
    }
    return best;
  }
}

/** Column-major 4 x 4 product. */
function multiply(out, a, b) {
  for (let column = 0; column < 4; column += 1) {
    for (let row = 0; row < 4; row += 1) {
      let sum = 0;
      for (let k = 0; k < 4; k += 1) sum += a[4 * k + row] * b[4 * column + k];
      out[4 * column + row] = sum;
    }
  }
  return out;
}

function transform(m, x, y, z, w) {
  return [0, 1, 2, 3].map((row) => m[row] * x + m[4 + row] * y + m[8 + row] * z + m[12 + row] * w);
}

/** Gauss-Jordan on a column-major 4 x 4 matrix. */
function invert(matrix) {
  const rows = [0, 1, 2, 3].map((row) => [0, 1, 2, 3].map((column) => matrix[4 * column + row]).concat([0, 1, 2, 3].map((column) => Number(column === row))));
  for (let pivot = 0; pivot < 4; pivot += 1) {
    const best = rows.slice(pivot).reduce((top, row, at) => (Math.abs(row[pivot]) > Math.abs(rows[top][pivot]) ? pivot + at : top), pivot);
    [rows[pivot], rows[best]] = [rows[best], rows[pivot]];
    const lead = rows[pivot][pivot];
    rows[pivot] = rows[pivot].map((value) => value / lead);
    rows.forEach((row, at) => {
      if (at !== pivot) rows[at] = row.map((value, column) => value - row[pivot] * rows[pivot][column]);
    });
  }
  return Float64Array.from({ length: 16 }, (_, at) => rows[at % 4][4 + Math.floor(at / 4)]);
}
