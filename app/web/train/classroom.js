/** The class: how much is kept, what students may do, and the lock at which a teacher signs in. */

import { h, icon } from "../core/dom.js";
import { bytes } from "./words.js";

const STUDENTS = ["off", "one", "free"];

/**
 * What the server says of the class. `locked`: why whoever asks may not do something, null where they may.
 * @typedef {{role: "all"|"teacher"|"student", rules: {students: "off"|"one"|"free", runs: number},
 *   locked: {train: string|null, others: string|null, rules: string|null, download: string|null},
 *   used: {runs: number, runs_most: number, bytes: number, bytes_most: number}}} Standing
 */

export class ClassPanel {
  /**
   * @param {HTMLElement} slot @param {import("./page.js").Context} context @param {import("./watch.js").Watch} watch
   * @param {(error: Error) => void} failed
   */
  constructor(slot, context, watch, failed) {
    this.slot = slot;
    this.context = context;
    this.watch = watch;
    this.failed = failed;
    const { t } = context;
    this.words = h("span");
    this.fill = h("span");
    const bar = h("span", { class: "mx-used-bar", "aria-hidden": "true" }, this.fill);
    this.used = h("p", { class: "mx-used", title: t("class.used.help"), "data-testid": "class-used" }, this.words, bar);
    this.rights = h("div", { class: "mx-rights" });
    slot.setAttribute("aria-label", t("class.label"));
    slot.replaceChildren(this.used, this.rights);
  }

  /** @param {Standing|null} standing */
  show(standing) {
    this.slot.hidden = !standing;
    if (!standing) return;
    this.tell(standing.used);
    const offered = JSON.stringify([standing.role, standing.rules.students, standing.locked]);
    if (offered !== this.offered) this.rights.replaceChildren(...this.offer(standing));
    this.offered = offered;
  }

  tell({ runs, runs_most, bytes: used, bytes_most }) {
    const { t } = this.context;
    this.words.textContent = t("class.used", { runs, runs_most, used: bytes(used), most: bytes(bytes_most) });
    const share = Math.max(runs / Math.max(1, runs_most), used / Math.max(1, bytes_most));
    this.fill.style.width = `${100 * Math.min(1, share)}%`;
  }

  /** @param {Standing} standing */
  offer({ role, rules, locked }) {
    const { t } = this.context;
    if (role === "all") return [];
    const leave = () => this.line(t("class.teacher"), this.button("leave", () => this.leave()));
    if (role === "teacher") return [this.choice(rules.students), leave()];
    const says = locked.train ?? t(rules.students === "one" ? "class.one" : "class.free");
    return [this.line(says, this.button("lock", () => this.signIn(), icon("lock")))];
  }

  line(words, button) {
    return h("div", { class: "mx-rights-line" },
      h("span", { class: "mx-note", "data-testid": "class-says" }, words), button);
  }

  button(name, run, picture = null) {
    const { t } = this.context;
    const options = {
      class: "mx-button", type: "button", title: t(`class.${name}.help`), "data-testid": `class-${name}`, onclick: run,
    };
    return h("button", options, picture, t(`class.${name}`));
  }

  /** Whether students may train. @param {string} chosen */
  choice(chosen) {
    const { t } = this.context;
    const options = STUDENTS.map((name) => h("button", {
      class: "mx-class-mode", type: "button", role: "radio", "aria-checked": String(name === chosen),
      title: t(`class.students.${name}.help`), "data-testid": `class-students-${name}`,
      onclick: () => this.act("rules", { students: name }),
    }, t(`class.students.${name}`)));
    const group = h("div", {
      class: "mx-class-modes", role: "radiogroup", "aria-label": t("class.students"),
    }, ...options);
    return h("div", { class: "mx-rights-line" }, h("span", {}, t("class.students")), group);
  }

  async act(action, body) {
    await this.watch.change(action, body).catch((error) => this.failed(error));
  }

  async leave() {
    const left = await this.watch.change("sign-out").then(() => true, (error) => this.failed(error));
    if (left) location.reload(); // the page's own connection still says who we were
  }

  /** Asks for the passcode. */
  signIn() {
    this.dialog?.remove();
    this.dialog = dialog(this.context, this.watch);
    this.slot.append(this.dialog);
    this.dialog.showModal();
  }

  dispose() {
    this.dialog?.remove();
    this.slot.replaceChildren();
  }
}

/**
 * @param {import("./page.js").Context} context @param {import("./watch.js").Watch} watch @returns {HTMLDialogElement}
 */
function dialog({ t }, watch) {
  const input = h("input", {
    class: "mx-input", type: "password", required: true, autocomplete: "current-password",
    "aria-label": t("class.passcode"), "data-testid": "class-passcode",
  });
  const refused = h("p", { class: "mx-note mx-note-problem", role: "alert", "data-testid": "class-refused" });
  refused.hidden = true;
  const cancel = h("button", { class: "mx-button", type: "button", onclick: () => element.close() }, t("run.cancel"));
  const enter = h("button", { class: "mx-button mx-button-primary", type: "submit", "data-testid": "class-enter" },
    t("class.enter"));
  const submit = async (event) => {
    event.preventDefault();
    enter.disabled = true;
    const failure = await watch.change("sign-in", { passcode: input.value }).then(() => null, (error) => error);
    if (!failure) return location.reload(); // the page's own connection is opened anew, with what we are now
    enter.disabled = false;
    refused.textContent = t("class.refused", { reason: failure.detail || failure.message });
    refused.hidden = false;
    input.select();
  };
  const form = h("form", { class: "mx-sign-in", onsubmit: submit },
    h("h2", { class: "mx-panel-title" }, t("class.dialog")), h("p", { class: "mx-note" }, t("class.dialog.says")),
    input, refused, h("div", { class: "mx-ask-row" }, enter, cancel));
  const element = h("dialog", {
    class: "mx-dialog", "aria-label": t("class.dialog"), "data-testid": "class-dialog",
  }, form);
  element.addEventListener("keydown", (event) => event.stopPropagation()); // the page's keys are not meant
  element.addEventListener("close", () => element.remove());
  return element;
}
