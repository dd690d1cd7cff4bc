/** The choice between the decoded picture and the same change made to the original, and a word on what that is. */

import { h } from "../core/dom.js";

const MODES = { "detail.off": false, "detail.on": true };

export class DetailSwitch {
  /** @param {HTMLElement} slot @param {import("./panel_list.js").Context} context */
  constructor(slot, context) {
    this.context = context;
    this.abort = new AbortController();
    const { t, detail } = context;
    this.buttons = Object.entries(MODES).map(([key, on]) => h("button", {
      class: "mx-segment", type: "button", "data-testid": key.replace(".", "-"), onclick: () => this.choose(on),
    }, t(key)));
    this.note = h("p", { class: "mx-note", role: "status", "data-testid": "detail-note" });
    const named = { role: "group", "aria-label": t("detail.label") };
    const segments = h("div", { class: "mx-segments", ...named }, ...this.buttons);
    this.element = h("div", { class: "mx-detail" }, segments, this.note);
    slot.append(this.element);
    detail.addEventListener("change", () => this.show(), { signal: this.abort.signal });
    this.show();
  }

  /** Where there is no detail, the reason stands below. @param {boolean} on */
  choose(on) {
    const { t, detail } = this.context;
    if (!on || !detail.missing) return detail.set(on);
    this.say(t(detail.missing));
  }

  show() {
    const { t, detail, card } = this.context;
    const [plain, detailed] = this.buttons;
    plain.title = t("pair.decoded.alt");
    plain.setAttribute("aria-pressed", String(!detail.on));
    detailed.setAttribute("aria-pressed", String(detail.on));
    detailed.setAttribute("aria-disabled", String(Boolean(detail.missing)));
    detailed.title = t(detail.missing || "detail.on.help");
    const numbers = { d: card.latent_dim, finer: card.finer?.latent_dim };
    this.say(detail.on ? t(detail.source.finer ? "detail.note.finer" : "detail.note", numbers) : "");
  }

  /** @param {string} words */
  say(words) {
    this.note.textContent = words;
  }

  dispose() {
    this.abort.abort();
    this.element.remove();
  }
}
