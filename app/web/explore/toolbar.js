/** The scene's buttons: each has its word below the picture, and says more on hover. */

import { h, icon } from "../core/dom.js";

const DRAWINGS = {
  undo: "undo", redo: "redo", surprise: "dice", upload: "upload", pictures: "pictures", walk: "walk",
  compare: "compare", mean: "home", centre: "centre", reset: "reset", fullscreen: "full",
};

/**
 * @param {HTMLElement} slot
 * @param {(key: string) => string} t
 * @param {Object<string, (() => void)|false>} actions by name: undo, redo, surprise, upload, pictures, walk, compare,
 *   mean, centre, reset, fullscreen; what cannot be done has no button
 * @returns {{buttons: Object<string, HTMLButtonElement>, allow: (name: string, allowed: boolean) => void,
 *   dispose: () => void}} `allow`: whether a button does something now
 */
export function toolbar(slot, t, actions) {
  const button = ([name, drawing]) => h("button", {
    class: `mx-button mx-tool-${name}`, type: "button", title: t(`scene.${name}.help`),
    "data-testid": `button-${name}`, onclick: actions[name],
  }, icon(drawing), h("span", {}, t(`scene.${name}`)));
  const possible = Object.entries(DRAWINGS).filter(([name]) => actions[name]);
  const buttons = Object.fromEntries(possible.map((each) => [each[0], button(each)]));
  const named = { class: "mx-toolbar", role: "toolbar", "aria-label": t("scene.toolbar") };
  const element = h("div", { ...named, onfocusin: ({ target }) => bringWhole(target) },
    ...Object.values(buttons));
  slot.append(element);
  const allow = (name, allowed) => buttons[name].setAttribute("aria-disabled", String(!allowed));
  return { buttons, allow, dispose: () => element.remove() };
}

/** A browser leaves a button that is half in sight where it is. @param {HTMLElement} button */
function bringWhole(button) {
  button.scrollIntoView({ block: "nearest", inline: "nearest" });
}
