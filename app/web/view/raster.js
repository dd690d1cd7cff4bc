/**
 * Draws the cloud into a buffer of pixels, far points first, each a small disc with a soft rim that pales with its
 * distance.
 *
 * Plain arithmetic, no WebGL: 10,000 points take about two milliseconds on a machine without a graphics card, and it
 * looks the same everywhere.
 */

import {
  AREA, AREA_SIZES, COUNT, COUNT_LARGEST, COUNT_POWER, DISTANCE, DISTANCE_POWER, EDGE, PALEST, RADIUS,
} from "../shared/view.js";

const PARTS = 4; // of a pixel, to which a disc's place is rounded
const STEP = 4; // sizes per pixel of radius
const LARGEST = 8; // radius, in pixels
const DEPTHS = 2048;
const FOG = 32; // shades from near to far
export const PALE = 0.7; // of the ground is mixed into a point that is not selected, where some are

/**
 * Radius in CSS pixels of a disc at the box's middle in a picture of that size with `count` points, seen from
 * `distance`; as in model/view.py.
 * @param {number} width @param {number} height @param {number} distance @param {number} count
 */
export function discRadius(width, height, distance, count) {
  const room = Math.min(AREA_SIZES[1], Math.max(AREA_SIZES[0], Math.min(width, height) / AREA));
  const crowd = Math.min(COUNT_LARGEST, (COUNT / Math.max(count, 1)) ** COUNT_POWER);
  return RADIUS * room * crowd * (DISTANCE / distance) ** DISTANCE_POWER;
}

export class Raster {
  constructor() {
    this.counts = new Uint32Array(DEPTHS + 1);
    this.resize(1, 1, 1);
  }

  /**
   * @param {number} width @param {number} height in pixels of the canvas
   * @param {number} unit pixels of the canvas per CSS pixel
   */
  resize(width, height, unit) {
    this.width = width;
    this.height = height;
    this.unit = unit;
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.ground = new Uint32Array(this.pixels.length);
    this.masks = new Array((LARGEST * STEP + 1) << 4);
  }

  /**
   * @param {string[]} colours "#rrggbb" by class
   * @param {{surface: number[], line: number[]}} theme red, green, blue
   */
  dye(colours, theme) {
    this.theme = theme;
    this.classes = colours.length;
    const full = colours.map((colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
    const tones = [...full, ...full.map((colour) => blend(colour, theme.surface, PALE))];
    this.shades = new Uint32Array(tones.length * FOG * 2); // body and rim
    tones.forEach((colour, tone) => {
      for (let fog = 0; fog < FOG; fog += 1) {
        const body = blend(colour, theme.surface, (PALEST * fog) / (FOG - 1));
        this.shades[2 * (FOG * tone + fog)] = packed(body);
        this.shades[2 * (FOG * tone + fog) + 1] = packed(blend(body, theme.surface, EDGE));
      }
    });
  }

  /** The empty box, kept until the camera moves. @param {number[][]} lines [x0, y0, x1, y1, strength] */
  setGround(lines) {
    this.ground.fill(packed(this.theme.surface));
    for (const [x0, y0, x1, y1, strength] of lines) this.line(x0, y0, x1, y1, strength);
  }

  /** A line with soft edges, one canvas pixel wide per unit. */
  line(x0, y0, x1, y1, strength) {
    const flat = Math.abs(x1 - x0) >= Math.abs(y1 - y0);
    const ends = flat ? [[x0, y0], [x1, y1]] : [[y0, x0], [y1, x1]];
    const [[a0, b0], [a1, b1]] = ends[0][0] < ends[1][0] ? ends : ends.reverse();
    const slope = (b1 - b0) / (a1 - a0 || 1);
    const { ground, width, height } = this;
    const [most, wide] = flat ? [width, height] : [height, width];
    const [along, across] = flat ? [1, width] : [width, 1];
    const half = 0.5 * Math.max(1, this.unit);
    const colour = packed(this.theme.line);
    for (let a = Math.max(0, Math.ceil(a0)); a <= Math.min(most - 1, a1); a += 1) {
      const b = b0 + slope * (a - a0);
      const last = Math.min(wide - 1, Math.ceil(b + half));
      for (let c = Math.max(0, Math.floor(b - half)); c <= last; c += 1) {
        const cover = Math.min(1, half + 0.5 - Math.abs(c - b));
        if (cover <= 0) continue;
        const at = a * along + c * across;
        ground[at] = over(colour, ground[at], (256 * cover * strength) | 0);
      }
    }
  }

  /**
   * @param {Float32Array} points (n, 3) @param {Uint8Array} labels @param {boolean[]} shown by class
   * @param {import("./lens.js").Lens} lens of the canvas
   * @param {number} radius of a disc at the box's middle, in CSS pixels
   * @param {Uint8Array|null} [selected] (n,) 1 for the points before which the others pale
   */
  paint(points, labels, shown, lens, radius, selected = null) {
    this.pixels.set(this.ground);
    const count = this.project(points, labels, shown, lens);
    if (selected) this.pale(count, selected);
    this.sort(count, selected !== null);
    const { order, xs, ys, ws, tones, pixels, shades, width, height } = this;
    const size = radius * this.unit * lens.distance * STEP;
    const near = lens.distance - lens.reach, fading = (FOG - 1) / (2 * lens.reach);
    for (let rank = 0; rank < count; rank += 1) {
      const at = order[rank], depth = ws[at], x = xs[at], y = ys[at];
      const left = Math.floor(x), top = Math.floor(y);
      const disc = Math.min(LARGEST * STEP, Math.max(STEP, Math.round(size / depth)));
      const part = PARTS * ((PARTS * (y - top)) | 0) + ((PARTS * (x - left)) | 0);
      const { reach, body, rim, soft, offsets, covers } = this.masks[(disc << 4) | part] ?? this.mask(disc, part);
      if (left < reach || top < reach || left >= width - reach || top >= height - reach) continue;
      const fog = Math.min(FOG - 1, Math.max(0, ((depth - near) * fading) | 0));
      const shade = 2 * (FOG * tones[at] + fog);
      const start = top * width + left, full = shades[shade], pale = shades[shade + 1];
      for (let i = 0; i < body; i += 1) pixels[start + offsets[i]] = full;
      for (let i = body; i < rim; i += 1) pixels[start + offsets[i]] = pale;
      for (let i = rim; i < soft; i += 1) {
        const pixel = start + offsets[i];
        pixels[pixel] = over(pale, pixels[pixel], covers[i]);
      }
    }
  }

  /** Fills xs, ys, ws (depth), tones and indices with the points that are in the picture. @returns {number} how many */
  project(points, labels, shown, { x, y, depth, middle }) {
    const n = labels.length;
    if (this.xs?.length !== n) {
      this.xs = new Float32Array(n);
      this.ys = new Float32Array(n);
      this.ws = new Float32Array(n);
      this.order = new Uint32Array(n);
      this.tones = new Uint16Array(n);
      this.indices = new Uint32Array(n);
      this.slots = new Uint16Array(n);
    }
    const { xs, ys, ws, tones, indices, width, height } = this;
    const [x0, x1, x2, x3] = x, [y0, y1, y2, y3] = y, [d0, d1, d2, d3] = depth, [mx, my] = middle;
    let count = 0;
    for (let i = 0, at = 0; i < n; i += 1, at += 3) {
      if (!shown[labels[i]]) continue;
      const a = points[at], b = points[at + 1], c = points[at + 2];
      const w = d0 * a + d1 * b + d2 * c + d3;
      if (!(w > 0.05)) continue;
      const px = (x0 * a + x1 * b + x2 * c + x3) / w + mx, py = (y0 * a + y1 * b + y2 * c + y3) / w + my;
      if (px < -9 || py < -9 || px > width + 9 || py > height + 9) continue;
      xs[count] = px; ys[count] = py; ws[count] = w; tones[count] = labels[i]; indices[count] = i;
      count += 1;
    }
    return count;
  }

  /** Gives the tone of its class, but paler, to each point that is not selected. */
  pale(count, selected) {
    const { tones, indices, classes } = this;
    for (let i = 0; i < count; i += 1) if (!selected[indices[i]]) tones[i] += classes;
  }

  /** Fills `order`, pale ones first and far to near: a counting sort over the depths. */
  sort(count, paled) {
    const { ws, order, slots, counts, tones, classes } = this;
    const depths = paled ? DEPTHS / 2 : DEPTHS;
    let low = Infinity, high = -Infinity;
    for (let i = 0; i < count; i += 1) { const w = ws[i]; if (w < low) low = w; if (w > high) high = w; }
    const scale = (depths - 1) / (high - low || 1);
    counts.fill(0);
    for (let i = 0; i < count; i += 1) {
      slots[i] = (((high - ws[i]) * scale) | 0) + (paled && tones[i] < classes ? depths : 0);
      counts[slots[i] + 1] += 1;
    }
    for (let slot = 0; slot < DEPTHS; slot += 1) counts[slot + 1] += counts[slot];
    for (let i = 0; i < count; i += 1) order[counts[slots[i]]++] = i;
  }

  /** The pixels that a disc covers: those of its body, those of its rim, then those that it covers in part (of 256). */
  mask(disc, part) {
    const radius = disc / STEP, cx = ((part % PARTS) + 0.5) / PARTS, cy = (Math.floor(part / PARTS) + 0.5) / PARTS;
    const reach = Math.ceil(radius + 1);
    const kinds = [[], [], []];
    for (let dy = -reach; dy <= reach; dy += 1) {
      for (let dx = -reach; dx <= reach; dx += 1) {
        const distance = Math.hypot(dx + 0.5 - cx, dy + 0.5 - cy);
        const cover = Math.round(256 * Math.min(1, radius + 0.5 - distance));
        const kind = cover < 256 ? 2 : distance > radius - 0.5 * this.unit ? 1 : 0;
        if (cover > 0) kinds[kind].push([dy * this.width + dx, cover]);
      }
    }
    const all = kinds.flat();
    const made = {
      reach, body: kinds[0].length, rim: kinds[0].length + kinds[1].length, soft: all.length,
      offsets: Int32Array.from(all, ([offset]) => offset),
      covers: Int32Array.from(all, ([, cover]) => cover),
    };
    this.masks[(disc << 4) | part] = made;
    return made;
  }
}

/** One colour over another, by so much of 256: two channels at a time. */
function over(colour, under, cover) {
  const rest = 256 - cover;
  const redBlue = ((colour & 0xff00ff) * cover + (under & 0xff00ff) * rest) >>> 8;
  const green = ((colour & 0xff00) * cover + (under & 0xff00) * rest) >>> 8;
  return 0xff000000 | (redBlue & 0xff00ff) | (green & 0xff00);
}

/** @param {number[]} one @param {number[]} other @param {number} share of the other */
function blend(one, other, share) {
  return one.map((value, at) => value + share * (other[at] - value));
}

/**
 * As a canvas keeps it on every machine that matters: little-endian red, green, blue, alpha.
 * @param {number[]} colour
 */
function packed([red, green, blue]) {
  return (0xff000000 | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;
}
