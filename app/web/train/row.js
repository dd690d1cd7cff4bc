/** The same test images, above what the network makes of them at this moment of the film. */

import { h } from "../core/dom.js";

export class Row {
  /**
   * @param {HTMLElement} slot
   * @param {import("./store.js").Store} store
   * @param {{t: Say, classLabel: (label: number) => string}} context
   */
  constructor(slot, store, context) {
    this.store = store;
    const { row, row_labels: labels, image_size: [height, width], has_originals: originals } = store.manifest;
    const { t } = context;
    this.size = { width, height };
    this.pens = [];
    const tile = (_, at) => {
      const name = labels[at] === null ? "" : context.classLabel(labels[at]);
      const canvas = h("canvas", {
        class: "mx-pixelated", width, height, role: "img", "aria-label": t("film.row.alt", { name }),
      });
      this.pens.push(canvas.getContext("2d"));
      const original = originals && h("span", {
        class: "mx-film-original mx-pixelated", role: "img", "aria-label": name,
        style: {
          backgroundImage: `url("${store.originalsUrl()}")`,
          backgroundPosition: `${row.length > 1 ? (100 * at) / (row.length - 1) : 0}% 0`,
          backgroundSize: `${100 * row.length}% 100%`,
        },
      });
      return h("div", { class: "mx-film-tile", title: name }, original, canvas);
    };
    const note = !originals && h("p", { class: "mx-note" }, t("film.row.no_originals"));
    this.element = h("div", { class: "mx-film-row", "data-testid": "film-row" },
      h("div", { class: "mx-film-tiles" }, ...row.map(tile)), note);
    this.picture = new ImageData(width, height);
    slot.append(this.element);
  }

  /** @param {number} position between frames that are there */
  show(position) {
    const before = this.store.frame(Math.floor(position)), after = this.store.frame(Math.ceil(position));
    const share = Math.round(16 * (position - Math.floor(position))) / 16;
    if (before === this.before && after === this.after && share === this.share) return;
    this.before = before;
    this.after = after;
    this.share = share;
    this.element.dataset.epoch = String(this.store.manifest.epochs[Math.round(position)]);
    this.pens.forEach((pen, at) => this.paint(pen, before.row, after.row, share, at));
  }

  paint(pen, from, to, share, at) {
    const { data } = this.picture;
    const start = (data.length / 4) * 3 * at;
    for (let pixel = 0, target = 0, source = start; target < data.length; pixel += 1, target += 4, source += 3) {
      for (let part = 0; part < 3; part += 1) {
        data[target + part] = from[source + part] + share * (to[source + part] - from[source + part]);
      }
      data[target + 3] = 255;
    }
    pen.putImageData(this.picture, 0, 0);
  }

  dispose() {
    this.element.remove();
  }
}
