/** Whether the cloud shows pictures where samples are near; the modules for it come when it is first switched on. */

export class PictureSwitch {
  /**
   * @param {import("./explorer.js").Explorer} explorer which keeps whether it is on while words change
   * @param {import("./panel_list.js").Context} context @param {HTMLButtonElement} button
   */
  constructor(explorer, context, button) {
    this.explorer = explorer;
    this.context = context;
    this.button = button;
    this.set(explorer.pictured);
  }

  toggle() {
    this.explorer.setPictured(!this.explorer.pictured);
    this.set(this.explorer.pictured);
  }

  /** @param {boolean} on */
  set(on) {
    this.button.setAttribute("aria-pressed", String(on));
    if (on) this.open().catch((error) => this.fail(error));
    else this.close();
  }

  async open() {
    const { Pictures } = await import("../pictures/pictures.js");
    if (this.gone || this.pictures || !this.explorer.pictured) return;
    this.pictures = new Pictures(this.context, this.explorer.scene, (error) => this.fail(error));
  }

  /** @param {Error} error */
  fail({ message }) {
    if (!this.gone) this.explorer.notices.flash("pictures", this.context.t("notice.pictures", { reason: message }));
  }

  close() {
    this.pictures?.dispose();
    this.pictures = null;
  }

  dispose() {
    this.gone = true;
    this.close();
  }
}
