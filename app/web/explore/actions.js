/** What the scene's buttons do. */

import { fullscreenFor } from "../core/fullscreen.js";
import { step } from "./trail_control.js";

/**
 * @param {import("./explorer.js").Explorer} explorer @param {import("./upload.js").UploadPanel} upload
 * @returns {Object<string, (() => void)|false>} by the button's name; false: it cannot be done here
 */
export function actionsOf(explorer, upload) {
  const { parts, probe, scene } = explorer;
  return {
    undo: () => step(explorer, -1),
    redo: () => step(explorer, 1),
    surprise: () => surprise(explorer),
    pictures: () => explorer.pictures.toggle(),
    walk: () => explorer.walks.toggle(),
    compare: () => explorer.comparison.toggle(),
    mean: () => probe.home(),
    reset: () => scene.camera.set(scene.home()),
    centre: () => explorer.centre(),
    fullscreen: fullscreenFor(() => parts.root),
    upload: () => { parts.upload.scrollIntoView({ block: "nearest" }); upload.open?.(); },
  };
}

/** To any sample that can be seen. */
function surprise({ labels, shown, probe, notices, context }) {
  const seen = Array.from(labels.keys()).filter((index) => shown[labels[index]]);
  if (seen.length) probe.goToSample(seen[Math.floor(Math.random() * seen.length)]);
  else notices.flash("hidden", context.t("notice.hidden"));
}
