/**
 * A sheet of pictures decoded on a plane through the probe, parallel to two axes of the view; a click goes there.
 * Closed at first, and silent until it is opened.
 */

import { addressesOf, BatchDecoder } from "../core/batch_decoder.js";
import { h } from "../core/dom.js";
import { Contours } from "../view/contours.js";
import { centresOf, planeOf, SIDE } from "./plane.js";

const EXTENTS = [1, 0.5, 0.25, 0.1]; // of the box

let open = false; // outlives a change of language or model

export class SheetPanel {
  /**
   * @param {HTMLElement} slot @param {import("../explore/panel_list.js").Context} context
   * @param {import("../view/view.js").View} view
   */
  constructor(slot, context, view) {
    this.context = context;
    this.view = view;
    this.abort = new AbortController();
    this.asked = 0;
    this.across = 0;
    this.along = 1;
    this.extent = EXTENTS[0];
    /** @type {import("../view/layers.js").Layer|null} the plane in the cloud */
    this.outline = null;
    /** @type {BatchDecoder|null} opened with the panel */
    this.decoder = null;
    this.build(slot);
    const { signal } = this.abort;
    context.probe.addEventListener("settle", () => this.draw(), { signal });
    this.element.addEventListener("toggle", () => this.toggled(), { signal });
    if (open) this.toggled();
  }

  build(slot) {
    const { t, axes } = this.context;
    const axis = (key, chosen, take) => h("select", {
      "aria-label": t(key), "data-testid": key.replace(".", "-"),
      onchange: (event) => { take(Number(event.target.value)); this.draw(); },
    }, ...axes.map((name, at) => h("option", { value: String(at), selected: at === chosen }, name)));
    const extent = h("select", {
      "aria-label": t("sheet.extent"), "data-testid": "sheet-extent",
      onchange: (event) => { this.extent = Number(event.target.value); this.draw(); },
    }, ...EXTENTS.map((share) => h("option", { value: String(share) }, `${Math.round(100 * share)} %`)));
    this.tiles = Array.from({ length: SIDE * SIDE }, (_, at) => this.tile(at));
    this.note = h("p", { class: "mx-note", role: "status" });
    this.element = h("details", { class: "mx-fold", open, "data-testid": "sheet" },
      h("summary", { class: "mx-panel-title" }, t("sheet.title")),
      h("p", { class: "mx-note" }, t("sheet.about")),
      h("div", { class: "mx-arithmetic", role: "group", title: t("sheet.axes"), "aria-label": t("sheet.axes") },
        h("span", {}, "→"), axis("sheet.across", this.across, (at) => { this.across = at; }),
        h("span", {}, "↑"), axis("sheet.along", this.along, (at) => { this.along = at; }), extent),
      this.note,
      h("div", { class: "mx-sheet", onkeydown: (event) => this.walk(event) },
        ...this.tiles.map(({ control }) => control)));
    slot.append(this.element);
  }

  tile(at) {
    const picture = h("img", { class: "mx-pixelated", alt: "", width: 32, height: 32 });
    const control = h("button", {
      type: "button", class: "mx-axis-tile", "data-testid": "sheet-tile", tabindex: at ? -1 : 0,
      onclick: (event) => this.centres && this.context.probe.moveTo(this.centres[at], event.timeStamp),
    }, picture);
    return { control, picture };
  }

  /** Arrow keys walk the sheet: 49 pictures are one stop for the Tab key. */
  walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: SIDE, ArrowUp: -SIDE }[event.key];
    const at = this.tiles.findIndex(({ control }) => control === event.target);
    const next = this.tiles[at + step];
    if (at < 0 || !step || !next) return;
    event.preventDefault();
    event.stopPropagation();
    for (const { control } of this.tiles) control.tabIndex = control === next.control ? 0 : -1;
    next.control.focus();
  }

  toggled() {
    open = this.element.open;
    this.draw();
  }

  /** The sheet anew; a newer place of the probe ends it. */
  async draw() {
    this.hideOutline();
    if (!open || this.abort.signal.aborted) return;
    const { t, probe, card, api } = this.context;
    if (this.across === this.along) return void (this.note.textContent = t("sheet.same"));
    const mine = (this.asked += 1);
    const plane = planeOf(probe.position, probe.limits, this.across, this.along, this.extent);
    const centres = centresOf(plane);
    this.outline = this.view.add(new Contours([[plane.corners]]), this.view.layers.lowest);
    const latents = Float32Array.from(centres.flatMap((centre) => latentAt(probe, card, centre)));
    this.decoder ??= new BatchDecoder(api.decodeUrl());
    const pixels = await this.decoder.decode(latents).catch(() => null);
    if (mine !== this.asked || this.abort.signal.aborted) return;
    this.note.textContent = pixels ? "" : t("axes.failed");
    if (pixels) this.paint(centres, addressesOf(pixels));
  }

  paint(centres, addresses) {
    const { t, axes } = this.context;
    this.centres = centres;
    this.tiles.forEach(({ control, picture }, at) => {
      picture.src = addresses[at];
      const [x, y] = [this.across, this.along].map((axis) => centres[at][axis].toFixed(2));
      control.title = t("sheet.tile", { across: axes[this.across], x, along: axes[this.along], y });
    });
  }

  hideOutline() {
    if (this.outline) this.view.remove(this.outline);
    this.outline = null;
  }

  dispose() {
    this.abort.abort();
    this.hideOutline();
    this.decoder?.close();
    this.element.remove();
  }
}

/** The latent (d,) at a position of the view, all that the view does not show being the probe's. */
function latentAt({ position, latent }, { basis }, place) {
  return Array.from(latent, (value, row) =>
    basis[row].reduce((sum, part, axis) => sum + part * (place[axis] - position[axis]), value));
}
