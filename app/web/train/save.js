/** The film as a file to take away: the server draws it as the camera stands now. */

import { ask } from "../core/ask.js";
import { h, icon } from "../core/dom.js";
import { download } from "../core/download.js";

const FORMATS = ["gif", "mp4"];
const PARTS = ["eye", "center", "up"];

export class Save {
  /**
   * @param {HTMLElement} slot
   * @param {{t: Say}} context
   * @param {(format: string) => string} address of the file
   */
  constructor(slot, { t }, address) {
    this.t = t;
    this.address = address;
    this.abort = new AbortController();
    this.buttons = FORMATS.map((format) => h("button", {
      class: "mx-button", type: "button", title: t(`film.save.${format}.help`), "data-testid": `film-${format}`,
      onclick: () => this.save(format),
    }, icon("save"), format.toUpperCase()));
    this.note = h("p", { class: "mx-note", role: "status", "aria-live": "polite", "data-testid": "film-save-note" });
    this.note.hidden = true;
    this.element = h("div", { class: "mx-film-save" },
      h("div", { class: "mx-film-save-buttons" }, ...this.buttons), this.note);
    slot.append(this.element);
  }

  async save(format) {
    this.busy(true);
    this.say(this.t("film.save.making"));
    const failure = await this.fetch(format).then(() => null, (error) => error);
    if (this.abort.signal.aborted) return;
    this.busy(false);
    this.say(failure && this.t("film.save.failed", { reason: failure.message }));
  }

  async fetch(format) {
    const response = await ask(this.address(format), { signal: this.abort.signal });
    const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? "film." + format;
    download(await response.blob(), name);
  }

  busy(on) {
    for (const button of this.buttons) button.disabled = on;
  }

  /** @param {string|null} words */
  say(words) {
    this.note.hidden = !words;
    this.note.textContent = words ?? "";
  }

  dispose() {
    this.abort.abort();
    this.element.remove();
  }
}

/**
 * Where the server gives the film as it is seen now; where nobody has turned the camera, the first view is made for the
 * film's own format.
 * @param {string} format gif or mp4
 * @param {import("./store.js").Store} store
 * @param {import("./stage.js").Stage} stage
 * @param {string} language
 */
export function address(format, store, stage, language) {
  const { camera, theme, shown, turnedByHand } = stage;
  const query = new URLSearchParams({
    theme: theme.dark ? "dark" : "light", lang: language, stand: store.manifest.stand,
  });
  const cam = PARTS.flatMap((part) => ["x", "y", "z"].map((axis) => Number(camera[part][axis].toFixed(3))));
  if (turnedByHand) query.set("cam", cam.join(","));
  const hidden = shown.flatMap((on, label) => (on ? [] : [label]));
  if (hidden.length) query.set("hide", hidden.join(","));
  return `${store.root}/film.${format}?${query}`;
}
