/** A grid of sample pictures with class and distance, or another value; a click or Enter goes there. */

import { h } from "../core/dom.js";
import { classColour, distanceInPrint } from "../core/figures.js";

/**
 * @typedef {(sample: import("../core/api.js").Neighbour, marked: boolean) => {value: string, words: string}} Told
 *   what stands in a tile, and what is said on hover
 */

export class TileGrid {
  /**
   * @param {import("./panels.js").Context} context
   * @param {import("../core/pictures.js").SamplePictures} pictures
   * @param {{label: string, onPick: (index: number) => void, testid?: string, told?: Told}} options label names the
   *   list; `told` says what a tile says, otherwise the distance
   */
  constructor(context, pictures, { label, onPick, testid = "nearest-tile", told }) {
    this.context = context;
    this.pictures = pictures;
    this.onPick = onPick;
    this.testid = testid;
    this.told = told ?? ((neighbour, marked) => this.distanceOf(neighbour, marked));
    this.root = h("ol", { class: "mx-tiles", "aria-label": label, onkeydown: (event) => this.walk(event) });
    this.tiles = [];
  }

  /** Keep room for `count` tiles, so that nothing moves when they are filled. */
  reserve(count) {
    while (this.tiles.length > count) this.tiles.pop().item.remove();
    while (this.tiles.length < count) this.addTile();
    if (count && !this.tiles.some(({ control }) => control.tabIndex === 0)) this.tiles[0].control.tabIndex = 0;
  }

  /**
   * Show neighbours whose pictures are loaded; tiles stay, their content changes.
   * @param {import("../core/api.js").Neighbour[]} neighbours
   * @param {Set<number>} [marked] indices to set apart
   */
  show(neighbours, marked = new Set()) {
    this.reserve(neighbours.length);
    neighbours.forEach((neighbour, at) => this.fillTile(this.tiles[at], neighbour, marked));
  }

  addTile() {
    const picture = h("img", { class: "mx-pixelated mx-tile-picture", alt: "", decoding: "sync" });
    const name = h("span", { class: "mx-tile-name" });
    const distance = h("span", { class: "mx-tile-distance" });
    const onclick = () => this.onPick(tile.index);
    const control = h("button", {
      type: "button", class: "mx-tile", "data-testid": this.testid, tabindex: -1, disabled: true,
      title: this.context.t("nearest.tile.waiting"), onclick,
    }, picture, name, distance);
    const tile = { item: h("li", {}, control), control, picture, name, distance, index: null };
    this.tiles.push(tile);
    this.root.append(tile.item);
  }

  distanceOf({ index, label, distance }, marked) {
    const value = distanceInPrint(distance);
    const key = marked ? "nearest.tile.shared" : "nearest.tile";
    return { value, words: this.context.t(key, { name: this.context.classLabel(label), index, distance: value }) };
  }

  fillTile(tile, sample, marked) {
    const { index, label } = sample;
    const { value, words } = this.told(sample, marked.has(index));
    tile.index = index;
    tile.name.textContent = this.context.classLabel(label);
    tile.distance.textContent = value;
    tile.control.disabled = false;
    tile.control.title = words;
    tile.control.classList.toggle("mx-tile-marked", marked.has(index));
    tile.control.style.setProperty("--mx-class", classColour(label, this.context));
    this.pictures.show(index, tile.picture);
  }

  /** Arrow keys walk the grid: fifty tiles are one stop for the Tab key. */
  walk(event) {
    const at = this.tiles.findIndex(({ control }) => control === event.target);
    const step = this.steps()[event.key];
    if (at < 0 || step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.focus(at + step);
  }

  /** @param {number} at the nearest tile that there is */
  focus(at) {
    const next = this.tiles[Math.min(Math.max(at, 0), this.tiles.length - 1)];
    for (const { control } of this.tiles) control.tabIndex = control === next.control ? 0 : -1;
    next.control.focus();
  }

  steps() {
    const top = this.tiles[0]?.item.offsetTop;
    const columns = this.tiles.filter(({ item }) => item.offsetTop === top).length;
    const all = this.tiles.length;
    return { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -all, End: all };
  }
}
