/** The scene's buttons. Each says what it does on hover and to a screen reader. */

import { h, icon } from "./dom.js";

/**
 * @param {HTMLElement} slot
 * @param {(key: string) => string} t
 * @param {Object<string, (() => void)|false>} actions by name: surprise, mean, reset, fullscreen, upload; what cannot be done has no button
 * @returns {{dispose: () => void}}
 */
export function toolbar(slot, t, actions) {
  const button = (name, drawing, wide) => actions[name] && h("button", {
    class: wide ? "mx-button" : "mx-button mx-button-icon", type: "button", title: t(`scene.${name}.help`), "aria-label": t(`scene.${name}`),
    "data-testid": `button-${name}`, onclick: actions[name],
  }, icon(drawing), wide && h("span", {}, t(`scene.${name}`)));
  const element = h("div", { class: "mx-toolbar", role: "toolbar", "aria-label": t("scene.toolbar") },
    button("surprise", "dice", true), button("upload", "upload", true), button("mean", "home"), button("reset", "reset"), button("fullscreen", "full"));
  slot.append(element);
  return { dispose: () => element.remove() };
}
