/**
 * What each latent axis does to the picture: a strip for each, the other numbers being the probe's. Closed at first,
 * and silent until it is opened.
 */

import { BatchDecoder } from "../core/batch_decoder.js";
import { h, oncePerFrame } from "../core/dom.js";
import { ClassArithmetic } from "./arithmetic.js";
import { AxisRow } from "./axis_row.js";
import { AxisNames } from "./names.js";
import { shownAxes, standardNormal, traversal } from "./traversal.js";

let open = false; // outlives a change of language or model

export class AxesPanel {
  /** @param {HTMLElement} slot @param {import("../explore/panel_list.js").Context} context */
  constructor(slot, context) {
    this.context = context;
    this.abort = new AbortController();
    this.asked = 0;
    /** @type {BatchDecoder|null} opened with the panel */
    this.decoder = null;
    this.showSoon = oncePerFrame(() => this.show());
    this.build(slot);
    const { signal } = this.abort;
    context.probe.addEventListener("move", () => open && this.showSoon(), { signal });
    context.probe.addEventListener("settle", () => this.draw(), { signal });
    this.element.addEventListener("toggle", () => this.toggled(), { signal });
    if (open) this.toggled();
  }

  build(slot) {
    const { t, api, card, probe } = this.context;
    const names = new AxisNames(api, card);
    const axes = shownAxes(card.latent_ranges);
    const move = (axis) => (value, time) => {
      const latent = probe.latent.slice();
      latent[axis] = value;
      probe.moveToLatent(latent, time);
    };
    this.rows = axes.map((range) => new AxisRow(this.context, range, names, move(range.axis)));
    this.note = h("p", { class: "mx-note", role: "status" });
    this.element = h("details", { class: "mx-fold", open, "data-testid": "axes" },
      h("summary", { class: "mx-panel-title" }, t("axes.title")),
      h("p", { class: "mx-note" }, t("axes.about"), axes.length < card.latent_dim
        ? ` ${t("axes.some", { count: axes.length, d: card.latent_dim })}` : ""),
      h("p", { class: "mx-note", "data-testid": "axis-names" }, t(names.notice)),
      this.prior(), this.note, ...this.rows.map(({ element }) => element),
      new ClassArithmetic(this.context).element);
    slot.append(this.element);
  }

  /** Only where the training has pulled the latents towards N(0, I) is a draw from it a fair sample. */
  prior() {
    const { t, card, probe } = this.context;
    if (!card.config.network.variational) return null;
    const draw = () => probe.moveToLatent(standardNormal(card.latent_dim));
    return h("button", {
      type: "button", class: "mx-button", title: t("axes.prior.help"), "data-testid": "axes-prior", onclick: draw,
    }, t("axes.prior"));
  }

  toggled() {
    open = this.element.open;
    if (!open) return;
    this.show();
    this.draw();
  }

  show() {
    for (const row of this.rows) row.show(this.context.probe.latent[row.range.axis]);
  }

  /** The strips anew, one after the other; a newer place of the probe ends it. */
  async draw() {
    if (!open || this.abort.signal.aborted) return;
    const mine = (this.asked += 1);
    const latent = this.context.probe.latent.slice();
    this.decoder ??= new BatchDecoder(this.context.api.decodeUrl());
    for (const row of this.rows) {
      const pixels = await this.decoder.decode(traversal(latent, row.range)).catch(() => null);
      if (mine !== this.asked || this.abort.signal.aborted) return;
      this.note.textContent = pixels ? "" : this.context.t("axes.failed");
      if (!pixels) return;
      row.paint(pixels);
    }
  }

  dispose() {
    this.abort.abort();
    this.showSoon.cancel();
    this.decoder?.close();
    this.element.remove();
  }
}
