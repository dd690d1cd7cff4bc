/**
 * The header's button that makes a link: to this page as it stands or to a lesson, in a language, with parts hidden or
 * locked, as a QR code too; and turns the presenter view on and off.
 */

import { h, icon, translator } from "../core/dom.js";
import { isPresenting, setPresenting } from "../core/link_options.js";
import { loadSheets, mounting } from "../core/mounting.js";
import { ShareDialog } from "./dialog.js";

const SHEETS = ["../core/page.css", "share.css"];

/**
 * @typedef {{page: string, language: string, strings: Object<string, string>, lessons: Object<string, string>}}
 *   ShareData `lessons` are titles by name
 */

export const mount = mounting((parent) => new Share(parent), { first: false });

class Share {
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.styled = loadSheets(SHEETS, import.meta.url);
    this.root = h("div", { class: "mx-share" });
    parent.append(this.root);
  }

  /** @param {{data: ShareData}} component */
  update({ data }) {
    const drawn = JSON.stringify(data);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const t = translator(data.strings);
    this.dialog?.dispose();
    this.dialog = new ShareDialog(this.root, data, t);
    const open = h("button", {
      class: "mx-button mx-button-icon", type: "button", title: t("share.open.help"), "aria-label": t("share.open"),
      "data-testid": "share", onclick: () => this.dialog.open(),
    }, icon("share"));
    const present = h("button", {
      class: "mx-button mx-button-icon", type: "button", title: t("share.present.help"),
      "aria-label": t("share.present"), "aria-pressed": String(isPresenting()), "data-testid": "present",
      onclick: () => {
        setPresenting(!isPresenting());
        present.setAttribute("aria-pressed", String(isPresenting()));
        keepInAddress(isPresenting());
      },
    }, icon("present"));
    this.styled.then(() => this.root.replaceChildren(present, open, this.dialog.element));
  }

  dispose() {
    this.dialog?.dispose();
    this.root.remove();
  }
}

/** @param {boolean} presenting */
function keepInAddress(presenting) {
  const address = new URL(location.href);
  if (presenting) address.searchParams.set("present", "1");
  else address.searchParams.delete("present");
  history.replaceState(history.state, "", address);
}
