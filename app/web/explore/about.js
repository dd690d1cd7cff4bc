/**
 * What the decoder has to draw from, and so why it is blurred; on a narrow page also what the model's card says of it
 * (a wide one has that above).
 */

import { h } from "../core/dom.js";

export class About {
  /** @param {HTMLElement} slot @param {import("./panel_list.js").Context} context */
  constructor(slot, { card, t, language }) {
    const [channels, height, width] = card.original_shape;
    const whole = (height * width * channels).toLocaleString(language);
    const why = t(channels === 1 ? "about.blur.gray" : "about.blur", { d: card.latent_dim, whole, width, height });
    const name = h("strong", {}, card.title[language]);
    const about = `. ${card.description?.[language] ?? ""}`;
    this.element = h("div", { class: "mx-about" },
      h("p", { class: "mx-note mx-about-model", "data-testid": "about-model" }, name, about),
      h("p", { class: "mx-note", "data-testid": "about-blur" }, why));
    slot.append(this.element);
  }

  dispose() {
    this.element.remove();
  }
}
