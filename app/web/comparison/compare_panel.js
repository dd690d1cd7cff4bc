/** Two models side by side: the page's own left, the chosen one right, what the probe stands on followed in both. */

import { h, icon } from "../core/dom.js";
import { Caption } from "./caption.js";
import { Follower } from "./follower.js";
import { OtherCloud } from "./other_cloud.js";
import { loadOther } from "./other_model.js";
import { siblingsOf } from "./siblings.js";

export class ComparePanel {
  /**
   * @param {import("../explore/explorer.js").Explorer} explorer
   * @param {import("../explore/panel_list.js").Context} context @param {() => void} close
   */
  constructor(explorer, context, close) {
    this.explorer = explorer;
    this.context = context;
    this.asked = 0;
    this.build(close);
    this.offer();
  }

  build(close) {
    const { context: { t, card, language }, explorer: { parts } } = this;
    const name = card.title[language] ?? card.name;
    this.ours = new Caption("compare-ours", t("every.alt", { name }));
    this.theirs = new Caption("compare-theirs", t("compare.theirs.alt"));
    this.select = h("select", {
      class: "mx-button mx-compare-select", "aria-label": t("compare.choose"), title: t("compare.choose"),
      "data-testid": "compare-model", disabled: true, onchange: () => this.choose(this.select.value),
    });
    const away = h("button", {
      type: "button", class: "mx-button mx-button-icon", title: t("compare.close"), "aria-label": t("compare.close"),
      "data-testid": "compare-close", onclick: close,
    }, icon("remove"));
    this.stage = h("div", { class: "mx-stage", "data-testid": "compare-stage", tabindex: 0, role: "application" });
    this.note = h("p", { class: "mx-note mx-compare-note", role: "status", "data-testid": "compare-note" });
    const title = h("div", { class: "mx-compare-head" }, h("strong", {}, name), numbers(t, card.latent_dim));
    const choice = { class: "mx-compare-head mx-compare-choice" };
    this.head = h("div", choice, this.select, this.numbers = numbers(t, null), away, this.fit());
    this.right = h("div", { class: "mx-compare-field" }, this.stage, this.note);
    parts.stage.before(title);
    parts.stages.append(this.ours.element, this.head, this.right, this.theirs.element);
    this.added = [title, this.ours.element, this.head, this.right, this.theirs.element];
  }

  /** The switch "aligned", and how well that fits. */
  fit() {
    const { context: { t }, explorer: { comparing } } = this;
    this.aligned = h("input", {
      type: "checkbox", checked: comparing.aligned, "data-testid": "compare-aligned", onchange: () => this.align(),
    });
    this.disparity = h("span", { class: "mx-figure", title: t("compare.disparity.help"), "data-testid": "disparity" });
    this.fitted = h("div", { class: "mx-compare-fit", hidden: true },
      h("label", { class: "mx-check", title: t("compare.aligned.help") }, this.aligned, t("compare.aligned")),
      this.disparity);
    return this.fitted;
  }

  align() {
    const { comparing } = this.explorer;
    comparing.aligned = this.aligned.checked;
    this.cloud?.align(comparing.aligned);
  }

  /** The other models of the data set, and the chosen one of them. */
  async offer() {
    const { context: { api, card, language, t }, explorer: { comparing } } = this;
    this.say(t("compare.loading"));
    const listed = await siblingsOf(api, card).catch(() => null);
    if (this.gone) return;
    if (!listed) return this.say(t("every.failed"));
    const others = listed.filter(({ name }) => name !== card.name);
    if (!others.length) return this.say(t("compare.none"));
    const option = ({ name, title }) => h("option", { value: name }, title[language] ?? name);
    this.select.replaceChildren(...others.map(option));
    this.select.disabled = false;
    const asked = comparing.name ?? others[0].name;
    this.select.value = asked; // none is selected where there is no such model
    if (this.select.value) return this.choose(asked);
    this.say(t("compare.gone", { name: asked }));
  }

  /** @param {string} name of the second model */
  async choose(name) {
    const { context, explorer } = this;
    const mine = (this.asked += 1);
    explorer.comparing.name = name;
    explorer.address.soon();
    this.clear();
    this.say(context.t("compare.loading"));
    const other = await loadOther(context, name).catch((error) => error);
    if (mine !== this.asked || this.gone) return;
    if (other instanceof Error) return this.say(context.t("compare.failed", { reason: other.message }));
    this.say("");
    await this.show(other);
    performance.mark("mx-compare");
  }

  /** @param {import("./other_model.js").OtherModel} other @returns {Promise<void>} when its cloud is drawn */
  show(other) {
    const { context, explorer } = this;
    const { t, language, api, probe } = context;
    const { card, alignment } = other;
    this.stage.setAttribute("aria-label", t("compare.scene", { name: card.title[language] ?? card.name }));
    this.numbers.textContent = t("every.numbers", { d: card.latent_dim });
    this.fitted.hidden = false;
    this.aligned.parentElement.hidden = !alignment;
    this.disparity.textContent = alignment
      ? t("compare.disparity", { disparity: alignment.disparity.toFixed(3) }) : this.unaligned(card);
    this.cloud = new OtherCloud(this.stage, explorer, context, other, explorer.comparing.aligned);
    explorer.comparing.view = this.cloud.view;
    this.follower = new Follower(probe, explorer.stream, api, other.api, explorer.stream.last);
    const found = (/** @type {CustomEvent} */ { detail }) => this.follow(detail);
    this.follower.addEventListener("found", found);
    this.follower.addEventListener("failed", () => this.theirs.say(t("every.failed")));
    return this.cloud.view.ready;
  }

  /** Why the two are not aligned. @param {import("../core/api.js").Card} card of the second model */
  unaligned(card) {
    const { t, language, card: ours } = this.context;
    const [of] = [card, ours].filter(({ latent_dim: d }) => d > 3);
    const percent = Math.round(100 * of.view_share);
    return t("compare.view", { name: of.title[language] ?? of.name, d: of.latent_dim, percent });
  }

  /** @param {import("./follower.js").Followed} followed */
  follow({ subject, position, picture, mse, ours }) {
    const { t, probe } = this.context;
    const { kind } = subject;
    const index = kind === "sample" ? subject.index : null;
    const free = kind === "decoded";
    const error = (value) => (value === null ? t("every.unknown") : t("pair.error", { error: value.toFixed(4) }));
    const own = probe.anchor.mse ?? null;
    this.cloud.follow(position);
    this.ours.show(ours, t(`compare.ours.${kind}`, { index }), free ? "" : error(own));
    this.theirs.show(picture, t(`compare.theirs.${kind}`, { index }),
      free ? t("compare.difference", { error: mse.toFixed(4) }) : error(mse));
    this.theirs.element.dataset.position = Array.from(position).join(",");
  }

  /** @param {string} note in place of the cloud */
  say(note) {
    this.note.textContent = note;
  }

  /** The second model leaves. */
  clear() {
    this.follower?.dispose();
    this.cloud?.dispose();
    this.follower = this.cloud = this.explorer.comparing.view = null;
    this.fitted.hidden = true;
    this.numbers.textContent = "";
    for (const caption of [this.ours, this.theirs]) caption.say("");
  }

  get gone() {
    return !this.added.length;
  }

  dispose() {
    this.clear();
    for (const element of this.added) element.remove();
    this.added = [];
  }
}

/** @param {Say} t @param {number|null} d latent axes */
function numbers(t, d) {
  return h("span", { class: "mx-muted" }, d && t("every.numbers", { d }));
}
