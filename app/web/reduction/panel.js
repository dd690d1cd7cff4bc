/**
 * Types of dimension reduction: other methods beside the autoencoder, on the same test images. Closed at first, and
 * silent until it is opened.
 */

import { h } from "../core/dom.js";
import { readTheme } from "../core/theme.js";
import { HoverCard } from "../explore/hovercard.js";
import { axesOf, ReductionCloud } from "./cloud.js";
import { Computing } from "./computing.js";
import { AUTOENCODER, ownPoints, Results } from "./results.js";
import { MethodTable } from "./table.js";

const EXPECTED = 5; // seconds for the model's own figures

let open = false; // these outlive a change of language or model
let chosen = "pca";

export class ReductionPanel {
  /**
   * @param {HTMLElement} slot @param {import("../explore/panel_list.js").Context} context
   * @param {import("../view/view.js").View} view the large cloud
   */
  constructor(slot, context, view) {
    this.context = context;
    this.view = view;
    this.abort = new AbortController();
    this.results = new Results(context.api);
    this.asked = 0;
    /** @type {ReductionCloud|null} until the samples are known */
    this.cloud = null;
    this.build(slot);
    const { signal } = this.abort;
    this.element.addEventListener("toggle", () => this.toggled(), { signal });
    context.probe.addEventListener("anchor", () => this.mark(), { signal });
    view.addEventListener("shown", () => this.cloud?.setShown(view.shown), { signal });
    if (open) this.refresh();
  }

  build(slot) {
    const { t } = this.context;
    this.about = h("p", { class: "mx-note" });
    this.note = h("p", { class: "mx-note", role: "status", "data-testid": "reduction-note" });
    this.again = h("button", {
      class: "mx-button", type: "button", hidden: true, onclick: () => this.refresh(),
    }, t("reduction.again"));
    this.stage = h("div", {
      class: "mx-stage mx-reduction-cloud", role: "application", "data-testid": "reduction-cloud",
    });
    this.words = h("div", { class: "mx-reduction-words", "data-testid": "reduction-words" });
    this.linked = h("input", { type: "checkbox", onchange: () => this.link() });
    this.table = new MethodTable(this.context, (name) => this.choose(name));
    this.computing = new Computing(t, this.results, () => this.refresh());
    this.made = h("p", { class: "mx-note" });
    this.content = h("div", { class: "mx-reduction", hidden: true },
      this.stage, h("label", { class: "mx-check" }, this.linked, t("reduction.linked")), this.words,
      this.table.root, this.computing.root, this.made);
    this.element = h("details", { class: "mx-fold", open, "data-testid": "reduction" },
      h("summary", { class: "mx-panel-title" }, t("reduction.title")),
      this.about, this.note, this.again, this.content);
    slot.append(this.element);
  }

  toggled() {
    open = this.element.open;
    if (open && !this.listed) this.refresh();
  }

  /** The figures anew, and the cloud where none is seen yet. */
  async refresh() {
    const { t } = this.context;
    this.again.hidden = true;
    if (!this.listed) this.note.textContent = t("reduction.asking");
    try {
      const [listed, samples] = await Promise.all([this.results.list(), this.results.samples()]);
      if (this.abort.signal.aborted) return;
      this.note.textContent = "";
      this.fill(listed, samples);
      if (!this.cloud.view) await this.choose(this.known(chosen) ? chosen : AUTOENCODER);
    } catch (error) {
      this.fail(error);
    }
  }

  /** @param {import("./results.js").Listed} listed @param {Int32Array} samples */
  fill(listed, samples) {
    const { t, card, labels, palette, language } = this.context;
    this.listed = listed;
    this.samples = samples;
    this.content.hidden = false;
    this.about.textContent = t("reduction.about", { n: listed.n.toLocaleString(language), d: card.latent_dim });
    const of = Uint8Array.from(samples, (sample) => labels[sample]);
    this.cloud ??= this.cloudOf({ labels: of, palette, shown: this.view.shown, theme: readTheme(this.stage) });
    this.table.show(listed);
    this.table.press(chosen);
    this.computing.offer(this.missing(), listed.methods.length + 1, listed.has_images);
    const { seed, hardware } = listed.made;
    this.made.textContent = hardware ? t("reduction.made", { seed, hardware }) : "";
  }

  missing() {
    const { methods, model } = this.listed;
    const own = { name: AUTOENCODER, title: this.context.t("reduction.autoencoder"), expected: EXPECTED, facts: model };
    return [own, ...methods.filter(({ installed }) => installed)].filter(({ facts }) => !facts);
  }

  cloudOf(options) {
    const { context, view } = this;
    const cloud = new ReductionCloud(this.stage, options);
    const { signal } = this.abort;
    this.hover = new HoverCard(this.stage, context);
    cloud.addEventListener("hover", (event) => {
      const { index, x, y } = /** @type {CustomEvent} */ (event).detail;
      const sample = index < 0 ? -1 : this.samples[index];
      this.hover.show(sample, x, y);
      context.overlay.setHovered(sample);
    }, { signal });
    cloud.addEventListener("pick", (event) => {
      const { index } = /** @type {CustomEvent} */ (event).detail;
      if (index >= 0) context.probe.goToSample(this.samples[index]);
    }, { signal });
    if (this.linked.checked) cloud.share(view.camera);
    return cloud;
  }

  /** @param {string} name */
  known(name) {
    return this.listed.methods.some((method) => method.name === name && method.facts);
  }

  /** Shows the cloud of this method; a newer choice ends it. @param {string} name */
  async choose(name) {
    const mine = (this.asked += 1);
    try {
      const own = name === AUTOENCODER;
      const points = own ? ownPoints(this.samples, this.context.positionOf) : await this.results.points(name);
      if (mine !== this.asked || this.abort.signal.aborted) return;
      chosen = name;
      this.note.textContent = "";
      this.cloud.show(points, own ? this.context.axes : axesOf(name));
      this.stage.dataset.method = name;
      this.table.press(name);
      this.explain(name);
      this.mark();
    } catch (error) {
      if (mine === this.asked) this.fail(error);
    }
  }

  /** @param {string} name */
  explain(name) {
    const { t } = this.context;
    const method = this.listed.methods.find((each) => each.name === name);
    const title = method?.title ?? t("reduction.autoencoder");
    this.stage.setAttribute("aria-label", t("reduction.cloud", { name: title }));
    const line = (what) => h("p", {}, h("strong", {}, t(`reduction.${what}`), ": "), t(`reduction.${what}.${name}`));
    const facts = method && h("p", { class: "mx-note" }, t("reduction.facts", method));
    this.words.replaceChildren(h("h3", {}, title), line("use"), line("distorts"), ...(facts ? [facts] : []));
  }

  /** A ring around the sample that the probe started from, where it is one of these. */
  mark() {
    const { kind, index } = this.context.probe.anchor;
    this.cloud?.mark(kind === "sample" ? this.samples.indexOf(index) : -1);
  }

  link() {
    this.cloud?.share(this.linked.checked ? this.view.camera : null);
  }

  /** @param {Error} error */
  fail(error) {
    if (this.abort.signal.aborted) return;
    this.note.textContent = this.context.t("reduction.failed", { reason: error.message });
    this.again.hidden = false;
  }

  /** @param {import("../core/theme.js").ThemeColours} theme */
  recolour(theme) {
    this.cloud?.setTheme(theme);
  }

  dispose() {
    this.abort.abort();
    this.computing.dispose();
    this.hover?.dispose();
    this.cloud?.dispose();
    this.element.remove();
  }
}
