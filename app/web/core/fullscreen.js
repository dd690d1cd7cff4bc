/** The whole screen for a part of the page. */

/** Fills the screen, or leaves it. A browser may refuse: then all stays as it is. @param {Element} root */
function toggle(root) {
  const change = document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen();
  change.catch(() => {});
}

/** @param {() => Element} root @returns {(() => void)|false} what a button does; false where it cannot be had */
export function fullscreenFor(root) {
  return document.fullscreenEnabled && (() => toggle(root()));
}
