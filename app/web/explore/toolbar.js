/** The scene's buttons: each has its word below the picture, and says more on hover. */

import { h, icon } from "../core/dom.js";

const DRAWINGS = {
  undo: "undo", redo: "redo", surprise: "dice", upload: "upload", mean: "home", centre: "centre", reset: "reset",
  fullscreen: "full",
};

/**
 * @param {HTMLElement} slot
 * @param {(key: string) => string} t
 * @param {Object<string, (() => void)|false>} actions by name: undo, redo, surprise, upload, mean, centre, reset,
 *   fullscreen; what cannot be done has no button
 * @returns {{allow: (name: string, allowed: boolean) => void, dispose: () => void}} `allow`: whether a button does
 *   something now
 */
export function toolbar(slot, t, actions) {
  const made = {};
  const button = ([name, drawing]) => actions[name] && (made[name] = h("button", {
    class: "mx-button", type: "button", title: t(`scene.${name}.help`), "data-testid": `button-${name}`,
    onclick: actions[name],
  }, icon(drawing), h("span", {}, t(`scene.${name}`))));
  const element = h("div", { class: "mx-toolbar", role: "toolbar", "aria-label": t("scene.toolbar") },
    ...Object.entries(DRAWINGS).map(button));
  slot.append(element);
  const allow = (name, allowed) => made[name].setAttribute("aria-disabled", String(!allowed));
  return { allow, dispose: () => element.remove() };
}
