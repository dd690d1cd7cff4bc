/** The dialog that makes a link: what it opens, in which language, what is shown, locked or hidden there. */

import { h } from "../core/dom.js";
import { optionsIn, PARTS } from "../core/link_options.js";
import { LESSONS } from "../learn/contents.js";
import { addressOf, isLocal } from "./address.js";

const USES = ["shown", "locked", "hidden"];
const LANGUAGES = { "": "share.language.own", en: "share.language.en", ko: "share.language.ko" };

export class ShareDialog {
  /**
   * @param {HTMLElement} root around it @param {import("./share.js").ShareData} data @param {Say} t
   */
  constructor(root, data, t) {
    this.data = data;
    this.t = t;
    /** @type {Object<string, string>} one of USES, by part */
    this.uses = {};
    const name = { "aria-label": t("share.link"), "data-testid": "share-link" };
    this.link = h("input", { type: "text", readonly: true, ...name });
    this.hint = h("figcaption", { class: "mx-note" });
    this.code = h("img", {
      class: "mx-share-code", alt: t("share.code"), width: 200, height: 200,
      onload: () => this.coded(true), onerror: () => this.coded(false),
    });
    this.copied = h("span", { role: "status", "data-testid": "share-copied" });
    this.local = h("p", { class: "mx-note" }, t("share.local"));
    this.target = this.select("target", [
      ["", t("share.target.here")], ...LESSONS.map((id) => [id, data.lessons[id]]),
    ]);
    this.language = this.select("language", Object.entries(LANGUAGES).map(([code, key]) => [code, t(key)]));
    this.present = h("input", { type: "checkbox", "data-testid": "share-present", onchange: () => this.show() });
    this.parts = h("div", { class: "mx-share-parts" });
    const close = h("button", { class: "mx-button", "data-testid": "share-close" }, t("share.close"));
    const about = { class: "mx-share-dialog", "aria-label": t("share.title"), "data-testid": "share-dialog" };
    this.element = h("dialog", about,
      h("h2", {}, t("share.title")),
      h("div", { class: "mx-share-columns" },
        h("div", {},
          this.row("share.target", this.target), this.row("share.language", this.language),
          h("label", { class: "mx-check" }, this.present, h("span", {}, t("share.with_present"))),
          h("details", { class: "mx-fold" }, h("summary", {}, t("share.parts")),
            h("p", { class: "mx-note" }, t("share.parts.help")), this.parts)),
        h("figure", {}, this.code, this.hint)),
      h("div", { class: "mx-share-line" }, this.link,
        h("button", { class: "mx-button mx-button-primary", type: "button", "data-testid": "share-copy",
          onclick: () => this.copy() }, t("share.copy"))),
      this.copied, this.local,
      h("form", { method: "dialog" }, close));
    this.element.addEventListener("keydown", (event) => event.stopPropagation()); // the page's keys move other things
    root.append(this.element);
  }

  /** @param {string} name @param {string[][]} options @returns {HTMLSelectElement} */
  select(name, options) {
    return h("select", { class: "mx-button", "data-testid": `share-${name}`, onchange: () => this.changed(name) },
      ...options.map(([value, words]) => h("option", { value }, words)));
  }

  /** @param {string} key @param {HTMLElement} control */
  row(key, control) {
    return h("label", { class: "mx-share-row" }, h("span", {}, this.t(key)), control);
  }

  open() {
    const { hide, lock, present } = optionsIn(location.search);
    this.uses = Object.fromEntries([...hide.map((name) => [name, "hidden"]), ...lock.map((name) => [name, "locked"])]);
    this.present.checked = present;
    this.list();
    this.show();
    this.copied.textContent = "";
    this.local.hidden = !isLocal(location.hostname);
    this.element.showModal();
  }

  /** @param {string} name of the control */
  changed(name) {
    if (name === "target") this.list();
    this.show();
  }

  /** The parts of the page that the link opens. */
  list() {
    const page = this.target.value ? "learn" : this.data.page;
    const names = [...Object.keys(PARTS[page]), ...Object.keys(PARTS.every)];
    this.parts.replaceChildren(...names.map((name) => {
      const use = h("select", {
        class: "mx-button", "data-testid": `share-part-${name}`, "aria-label": this.t(`share.part.${name}`),
        onchange: () => { this.uses[name] = use.value; this.show(); },
      }, ...USES.map((each) => h("option", { value: each, selected: each === (this.uses[name] ?? USES[0]) },
        this.t(`share.use.${each}`))));
      return h("label", { class: "mx-share-row" }, h("span", {}, this.t(`share.part.${name}`)), use);
    }));
    this.names = names;
  }

  show() {
    const used = (use) => this.names.filter((name) => this.uses[name] === use);
    this.link.value = addressOf(location, {
      lesson: this.target.value, language: this.language.value, hide: used("hidden"), lock: used("locked"),
      present: this.present.checked,
    });
    this.code.src = new URL(`/api/qr.svg?text=${encodeURIComponent(this.link.value)}`, location.origin).href;
  }

  /** A link may be too long for a code. @param {boolean} done */
  coded(done) {
    this.code.style.visibility = done ? "" : "hidden";
    this.hint.textContent = this.t(done ? "share.code.help" : "share.code.none");
  }

  async copy() {
    this.link.select();
    const done = await navigator.clipboard?.writeText(this.link.value).then(() => true, () => false);
    this.copied.textContent = this.t(done ? "share.copied" : "share.copy.by_hand");
  }

  dispose() {
    this.element.remove();
  }
}
