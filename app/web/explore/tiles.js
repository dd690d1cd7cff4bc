/**
 * A grid of sample pictures with class and distance, or another value; a click or Enter goes there. The sample of a
 * tile that is pointed at or has the focus is ringed in the scene, and the tile of the sample under the mouse there is
 * framed here.
 */

import { h } from "../core/dom.js";
import { classColour, distanceInPrint } from "../core/figures.js";

/**
 * @typedef {(sample: import("../core/api.js").Neighbour, marked: boolean, print: (distance: number) => string) =>
 *   {value: string, words: string}} Told
 *   what stands in a tile, and what is said on hover
 */

export class TileGrid {
  /**
   * @param {import("./panel_list.js").Context} context
   * @param {import("../core/pictures.js").SamplePictures} pictures
   * @param {{label: string, onPick: (index: number) => void, testid?: string, told?: Told}} options label names the
   *   list; `told` says what a tile says, otherwise the distance
   */
  constructor(context, pictures, { label, onPick, testid = "nearest-tile", told }) {
    this.context = context;
    this.pictures = pictures;
    this.onPick = onPick;
    this.testid = testid;
    this.told = told ?? ((...shown) => this.distanceOf(...shown));
    this.root = h("ol", { class: "mx-tiles", "aria-label": label, onkeydown: (event) => this.walk(event) });
    this.tiles = [];
    /** @type {object|null} the tile that is pointed at or has the focus */
    this.pointed = null;
    const leaving = new AbortController();
    const hovered = (/** @type {CustomEvent} */ { detail }) => this.frame(detail);
    context.overlay.addEventListener("hovered", hovered, { signal: leaving.signal });
    this.dispose = () => { leaving.abort(); this.point(null); };
    context.onDispose(this.dispose);
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
   * @param {(distance: number) => string} [print]
   */
  show(neighbours, marked = new Set(), print = distanceInPrint) {
    this.reserve(neighbours.length);
    neighbours.forEach((neighbour, at) => this.fillTile(this.tiles[at], neighbour, marked, print));
    if (this.pointed) this.point(this.tiles.includes(this.pointed) ? this.pointed : null);
    this.frame(this.context.overlay.hovered);
  }

  /** Ring the sample of a tile in the scene, or none. */
  point(tile) {
    if (!tile && !this.pointed) return; // another grid's tile may be ringed
    this.pointed = tile;
    this.context.overlay.setPointed(tile?.index ?? -1);
  }

  /** Frame the tile of a sample, if it is here. @param {number} index or -1 */
  frame(index) {
    for (const { control, index: own } of this.tiles) control.classList.toggle("mx-tile-hovered", own === index);
  }

  addTile() {
    const picture = h("img", { class: "mx-pixelated mx-tile-picture", alt: "", decoding: "sync" });
    const name = h("span", { class: "mx-tile-name" });
    const distance = h("span", { class: "mx-tile-distance" });
    const onclick = () => this.onPick(tile.index);
    const control = h("button", {
      type: "button", class: "mx-tile", "data-testid": this.testid, tabindex: -1, disabled: true,
      title: this.context.t("nearest.tile.waiting"), onclick, onpointerenter: () => this.point(tile),
      onpointerleave: () => this.point(null), onfocus: () => this.point(tile), onblur: () => this.point(null),
    }, picture, name, distance);
    const tile = { item: h("li", {}, control), control, picture, name, distance, index: null };
    this.tiles.push(tile);
    this.root.append(tile.item);
  }

  distanceOf({ index, label, distance }, marked, print) {
    const value = print(distance);
    const key = marked ? "nearest.tile.shared" : "nearest.tile";
    return { value, words: this.context.t(key, { name: this.context.classLabel(label), index, distance: value }) };
  }

  fillTile(tile, sample, marked, print) {
    const { index, label } = sample;
    const { value, words } = this.told(sample, marked.has(index), print);
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
    if (!this.tiles.length) return;
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
