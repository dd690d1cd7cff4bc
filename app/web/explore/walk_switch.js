/** Opens and closes the walk below the scene; its modules come when it is first opened. */

import { bringIntoView } from "../core/dom.js";
import { loadSheets } from "../core/mounting.js";

export class WalkSwitch {
  /**
   * @param {import("./explorer.js").Explorer} explorer which keeps the walk while words change
   * @param {import("./panel_list.js").Context} context @param {HTMLButtonElement} button
   */
  constructor(explorer, context, button) {
    this.explorer = explorer;
    this.context = context;
    this.button = button;
    this.slot = explorer.parts.walk;
    this.slot.setAttribute("aria-label", context.t("walk.title"));
    this.set(explorer.walking.open);
  }

  toggle() {
    this.asked = true;
    this.set(!this.explorer.walking.open);
  }

  /** @param {boolean} open */
  set(open) {
    this.explorer.walking.open = open;
    this.button.setAttribute("aria-expanded", String(open));
    if (open) this.open().catch(({ message }) => this.explorer.tellTrouble(message));
    else this.close();
  }

  async open() {
    const { explorer, slot, context } = this;
    const styled = loadSheets(["../walks/walks.css"], import.meta.url);
    const { WalkPanel } = await import("../walks/panel.js");
    const { Walk, STEPS } = await import("../walks/walk.js");
    await styled;
    if (this.gone || this.panel || !explorer.walking.open) return;
    const steps = STEPS[matchMedia("(max-width: 600px)").matches ? 0 : 1];
    explorer.walking.walk ??= new Walk(context.api, explorer.limits, steps);
    slot.hidden = false;
    this.panel = new WalkPanel(slot, context, explorer.walking.walk, explorer.scene);
    if (this.asked) bringIntoView(slot, "nearest");
  }

  close() {
    this.panel?.dispose();
    this.panel = null;
    this.slot.hidden = true;
  }

  dispose() {
    this.gone = true;
    this.close();
  }
}
