/** Undo and redo of the probe's moves: the toolbar's two buttons, and Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y on the page. */

import { useOf } from "../core/link_options.js";
import { letterOf } from "../view/keys.js";
import { goTo } from "./places.js";

const TYPED_IN = "textarea, select, input:not([type=range], [type=checkbox])"; // there the keys belong to the text

/** @param {{trail: import("./trail.js").Trail, probe: import("./probe.js").Probe}} explorer @param {-1|1} way */
export function step({ trail, probe }, way) {
  const place = trail.step(way);
  if (place) goTo(probe, place);
}

export class TrailControl {
  /**
   * @param {import("./panel_list.js").Context} context
   * @param {ReturnType<typeof import("./toolbar.js").toolbar>} buttons
   */
  constructor({ trail, probe, root }, buttons) {
    this.abort = new AbortController();
    const { signal } = this.abort;
    const show = () => {
      buttons.allow("undo", trail.canGoBack);
      buttons.allow("redo", trail.canGoForward);
    };
    trail.addEventListener("change", show, { signal });
    root.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      const way = wayOf(event);
      if (!way || useOf("trail")) return;
      event.preventDefault();
      step({ trail, probe }, way);
    }, { signal });
    show();
  }

  dispose() {
    this.abort.abort();
  }
}

/** @param {KeyboardEvent} event @returns {-1|1|0} back, forward, or none */
function wayOf(event) {
  const typed = /** @type {HTMLElement} */ (event.target).matches(TYPED_IN);
  if (typed || event.altKey || !(event.ctrlKey || event.metaKey)) return 0;
  const key = letterOf(event);
  if (key === "y") return 1;
  return key === "z" ? (event.shiftKey ? 1 : -1) : 0;
}
