/**
 * Keeps the right pictures in the cloud: chosen anew as the camera or the probe moves, but not with each frame, and at
 * once when classes or a selection change. Their sheets are fetched one after another, for the newest choice only.
 */

import { throttle } from "../core/dom.js";
import { newestWins } from "../core/newest.js";
import { uncluttered } from "./decluttering.js";
import { PictureLayer } from "./layer.js";

const PAUSE = 300; // ms between two choices while something moves
const BETWEEN = 250; // ms between two requests
const AT_ONCE = 64; // pictures of one sheet

export class Pictures {
  /**
   * @param {import("../explore/panel_list.js").Context} context @param {import("../view/view.js").View} view
   * @param {(error: Error) => void} failed
   */
  constructor({ probe, selection, feed: { pictures } }, view, failed) {
    this.view = view;
    this.probe = probe;
    this.selection = selection;
    this.pictures = pictures;
    this.layer = new PictureLayer(view, pictures.kept);
    this.loading = newestWins((chosen) => this.load(chosen).catch(failed), BETWEEN);
    this.chooseSoon = throttle(() => this.choose(), PAUSE);
    this.abort = new AbortController();
    const on = (target, name, run) => target.addEventListener(name, run, { signal: this.abort.signal });
    on(view, "frame", () => this.chooseSoon());
    on(probe, "move", () => this.chooseSoon());
    on(selection, "change", () => this.choose());
    view.backdrop.add(this.layer);
    this.choose();
  }

  /** The selected samples, where some are; otherwise all of the classes that are shown. @returns {number[]} */
  candidates() {
    const { view: { labels, shown }, selection: { indices } } = this;
    return indices.length ? indices : Array.from(labels.keys()).filter((index) => shown[labels[index]]);
  }

  choose() {
    const { view, probe } = this;
    if (!view.lens || !view.width) return;
    const chosen = uncluttered(view, this.candidates(), probe.position);
    this.layer.show(chosen);
    this.loading.ask(chosen);
  }

  /** Sheet by sheet, the nearest first. @param {import("./decluttering.js").Chosen[]} chosen */
  async load(chosen) {
    const indices = chosen.map(({ index }) => index);
    for (let at = 0; at < indices.length; at += AT_ONCE) {
      await this.pictures.load(indices.slice(at, at + AT_ONCE));
      if (this.abort.signal.aborted) return;
      this.view.backdrop.drawSoon();
      if (this.layer.chosen !== chosen) return;
    }
  }

  dispose() {
    this.abort.abort();
    this.loading.stop();
    this.chooseSoon.cancel();
    this.view.backdrop.remove(this.layer);
  }
}
