/** Samples as pictures in the cloud, each framed in the colour of its class, the nearest above the others. */

import { classColour } from "../core/figures.js";
import { SIDE } from "../core/pixels.js";

const FRAME = 2; // pixels
const LARGEST = 96; // pixels, however near the camera comes
const SMALLEST = 10;

/**
 * @typedef {import("../view/layers.js").Layer} Layer @typedef {import("../view/layers.js").Project} Project
 * @typedef {{index: number, image: HTMLImageElement, x: number, y: number, depth: number, size: number}} Tile
 */

/** @implements {Layer} */
export class PictureLayer {
  /**
   * @param {import("../view/view.js").View} view
   * @param {Map<number, HTMLImageElement>} images at hand, by sample; what is not there yet stays a point
   */
  constructor(view, images) {
    this.view = view;
    this.images = images;
    /** @type {import("./decluttering.js").Chosen[]} */
    this.chosen = [];
  }

  /** @param {import("./decluttering.js").Chosen[]} chosen from now on */
  show(chosen) {
    this.chosen = chosen;
    this.view.backdrop.draw();
  }

  /** @param {Project} project @returns {Tile[]} those that can be drawn, farthest first; they grow as they come near */
  tiles(project) {
    const { points, labels, shown } = this.view;
    const tiles = [];
    for (const { index, size, depth: usual } of this.chosen) {
      const image = this.images.get(index);
      if (!image || !shown[labels[index]]) continue;
      const [x, y, depth] = project(points.subarray(3 * index, 3 * index + 3));
      if (depth <= 0) continue;
      const side = Math.min(LARGEST, Math.max(SMALLEST, (size * usual) / depth));
      tiles.push({ index, image, x, y, depth, size: Math.round(side) });
    }
    return tiles.sort((a, b) => b.depth - a.depth);
  }

  places(project) {
    this.placed = this.tiles(project);
    return this.placed.flatMap(({ x, y, size }) => [[x - size / 2, y - size / 2], [x + size / 2, y + size / 2]]);
  }

  draw(pen) {
    const { labels } = this.view;
    for (const { index, image, x, y, size } of this.placed) {
      const [left, top] = [Math.round(x - size / 2), Math.round(y - size / 2)];
      pen.fillStyle = classColour(labels[index], this.view);
      pen.fillRect(left - FRAME, top - FRAME, size + 2 * FRAME, size + 2 * FRAME);
      pen.imageSmoothingEnabled = size < SIDE;
      pen.drawImage(image, left, top, size, size);
    }
  }

  /**
   * @param {number} x @param {number} y @param {Project} project
   * @returns {number} the sample whose picture is there, or -1
   */
  sampleAt(x, y, project) {
    const isThere = (tile) => Math.max(Math.abs(tile.x - x), Math.abs(tile.y - y)) <= tile.size / 2 + FRAME;
    return this.tiles(project).findLast(isThere)?.index ?? -1;
  }
}
