/**
 * The pictures along a walk; below them how far each step is off the data, and the plain cross-fade between the stops,
 * for contrast.
 */

import { h } from "../core/dom.js";
import { percentInPrint } from "../core/figures.js";
import { placeOf } from "../explore/gauge.js";
import { faded, joined, tilesOf } from "./tiles.js";

/** @typedef {import("./walk.js").Way} Way @typedef {import("./walk.js").Stop} Stop */

export class Strip {
  /**
   * @param {import("../explore/panel_list.js").Context} context @param {import("./walk.js").Walk} walk
   * @param {import("./player.js").Player} player
   */
  constructor(context, walk, player) {
    const { t } = context;
    this.context = context;
    this.walk = walk;
    this.player = player;
    this.shown = 0;
    this.pictures = h("img", { class: "mx-pixelated", alt: t("walk.strip.alt"), "data-testid": "walk-strip" });
    this.fade = h("img", { class: "mx-pixelated", alt: t("walk.fade.alt"), "data-testid": "walk-fade" });
    this.place = h("input", {
      type: "range", min: 0, step: 1, class: "mx-walk-place", "aria-label": t("walk.place"),
      title: t("walk.place.help"), "data-testid": "walk-place", oninput: () => player.seek(this.place.valueAsNumber),
    });
    this.stops = h("div", { class: "mx-walk-marks", "aria-hidden": "true" });
    this.meter = h("ol", { class: "mx-walk-meter", "aria-label": t("gauge.title"), "data-testid": "walk-meter" });
    const row = (key, ...inside) => [h("span", { class: "mx-walk-label", title: t(`${key}.help`) }, t(key)),
      h("div", { class: "mx-walk-track" }, ...inside)];
    this.element = h("div", { class: "mx-walk-strip", hidden: true },
      ...row("walk.strip", this.stops, this.pictures, this.place), ...row("walk.meter", this.meter),
      ...row("walk.fade", this.fade));
  }

  /** Complete when its pictures can be painted: nothing flickers while a stop is dragged. */
  async show() {
    const mine = (this.shown += 1);
    const { way } = this.walk;
    if (!way) return void (this.element.hidden = true);
    const tiles = await tilesOf(way.strip, way.latents.length);
    const ends = await Promise.all(way.at.map((step, at) => this.picture(way.stops[at], tiles[step])));
    if (mine !== this.shown) return;
    this.tiles = tiles;
    this.fades = faded(ends, way.at);
    this.pictures.src = way.strip;
    this.fade.src = joined(this.fades).toDataURL();
    this.element.style.setProperty("--mx-steps", String(tiles.length));
    this.place.max = String(tiles.length - 1);
    this.element.hidden = false;
    this.step = -1;
    this.markStops(way);
    this.meter.replaceChildren(...way.percentiles.map((percentile) => this.bar(percentile)));
    this.follow();
  }

  /** @param {number} percentile of held-out images that lie in denser places */
  bar(percentile) {
    const { t } = this.context;
    const percent = percentInPrint(percentile);
    const place = placeOf(percentile);
    const said = `${t(`gauge.${place}`)} · ${t(percent === "100" ? "gauge.beyond" : "gauge.percentile", { percent })}`;
    return h("li", { title: said, "data-place": place }, h("span", { style: { height: `${percentile}%` } }),
      h("span", { class: "mx-unseen" }, said));
  }

  /** An upload as it is, a sample as the data set has it where it is at hand, or as decoded. @param {Stop} stop */
  async picture(stop, drawn) {
    if (stop.picture) return (await tilesOf(stop.picture, 1))[0];
    const { has_images: hasImages, feed: { pictures } } = this.context;
    if (!hasImages || stop.kind !== "sample") return drawn;
    await pictures.load([stop.index]).catch(() => {});
    const original = pictures.kept.get(stop.index);
    return original ? (await tilesOf(original.src, 1))[0] : drawn;
  }

  /** @param {Way} way */
  markStops({ at, latents, letters }) {
    const mark = (step, letter) => h("span", { style: { left: `${(100 * (step + 0.5)) / latents.length}%` } }, letter);
    this.stops.replaceChildren(...Array.from(letters.slice(0, at.length), (letter, each) => mark(at[each], letter)));
  }

  /** Where the probe is on the walk; a strip that is longer than the page follows it. */
  follow() {
    const step = Math.round(this.player.position);
    if (step === this.step) return;
    this.step = step;
    const { clientWidth: seen, scrollWidth: whole } = this.element;
    if (whole > seen) this.element.scrollLeft = ((whole - seen) * step) / Math.max(1, Number(this.place.max));
    if (!this.place.matches(":active")) this.place.value = String(step);
    this.place.setAttribute("aria-valuetext", this.context.t("walk.place.said", {
      step: step + 1, steps: Number(this.place.max) + 1,
    }));
  }
}
