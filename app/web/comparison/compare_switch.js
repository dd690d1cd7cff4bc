/** Sets a second model beside this one, or takes it away; its modules come when it is first opened. */

import { loadSheets } from "../core/mounting.js";
import { LABEL_ROOM } from "../shared/view.js";
import { zoomed } from "../view/orbit.js";

/**
 * @typedef {{name: string|null, open: boolean, aligned: boolean, view: import("../view/view.js").View|null}} Comparing
 *   `name` of the second model, null: the first that there is
 */

export class CompareSwitch {
  /**
   * @param {import("../explore/explorer.js").Explorer} explorer which keeps the choice while words change
   * @param {import("../explore/panel_list.js").Context} context @param {HTMLButtonElement} button
   */
  constructor(explorer, context, button) {
    this.explorer = explorer;
    this.context = context;
    this.button = button;
    this.set(explorer.comparing.open);
  }

  toggle() {
    this.asked = true;
    this.set(!this.explorer.comparing.open);
    this.explorer.address.soon();
  }

  /** @param {boolean} open */
  set(open) {
    this.explorer.comparing.open = open;
    this.button.setAttribute("aria-expanded", String(open));
    if (open) this.open().catch(({ message }) => this.explorer.tellTrouble(message));
    else this.close();
  }

  async open() {
    const { explorer, context } = this;
    const styled = loadSheets(["compare.css"], import.meta.url);
    const { ComparePanel } = await import("./compare_panel.js");
    await styled;
    if (this.gone || this.panel || !explorer.comparing.open) return;
    const close = () => { this.toggle(); this.button.focus(); };
    this.arrange(true, () => { this.panel = new ComparePanel(explorer, context, close); });
  }

  close() {
    if (!this.panel) return;
    this.arrange(false, () => this.panel.dispose());
    this.panel = null;
  }

  /**
   * The whole cloud stays in sight in a stage of another size: the camera goes farther, or nearer, by as much as that
   * of the whole box does, and by what the second view's axes need. The camera of a link was chosen so.
   * @param {boolean} beside @param {() => void} change
   */
  arrange(beside, change) {
    const { scene, parts: { stages }, data: { view } } = this.explorer;
    const before = distance(scene.home());
    stages.classList.toggle("mx-compared", beside);
    change();
    scene.resize();
    if (!this.asked && view.camera) return;
    const { pose } = scene.camera;
    const resized = pose ? distance(scene.home()) / before : 1;
    const room = LABEL_ROOM / scene.painter.room;
    scene.camera.set(zoomed(pose ?? scene.pose, resized * (beside ? room : 1 / room)));
  }

  dispose() {
    this.gone = true;
    this.asked = false; // what was open opens again with other words
    this.close();
  }
}

/** @param {import("../view/orbit.js").Pose} pose @returns {number} from the camera to what it turns about */
function distance({ eye, center }) {
  return Math.hypot(eye.x - center.x, eye.y - center.y, eye.z - center.z);
}
