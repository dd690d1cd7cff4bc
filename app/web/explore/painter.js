/** Who paints the explorer's cloud: Plotly, or the canvas where there is no WebGL. */

import { CanvasPainter } from "../view/canvas_painter.js";
import { PlotlyPainter } from "../view/plotly_painter.js";

/**
 * @param {string|null} webgl the renderer's name
 * @param {Promise<PlotlyLibrary>} library
 * @param {import("./stream.js").DecodeStream} stream
 * @param {AbortSignal} signal
 * @returns {import("../view/painters.js").Painter}
 */
export function painterFor(webgl, library, stream, signal) {
  const begin = Promise.all([library, firstPicture(stream, signal)]).then(([Plotly]) => Plotly);
  const painter = webgl ? new PlotlyPainter(begin, webgl) : new CanvasPainter();
  painter.surface.dataset.testid = "plot";
  if (!webgl) begin.catch(() => {});
  return painter;
}

/** Drawing the cloud takes the browser for a while: the first picture comes before that, unless the line is down. */
function firstPicture(stream, signal) {
  return new Promise((resolve) => {
    const shown = () => requestAnimationFrame(() => resolve());
    stream.addEventListener("image", shown, { once: true, signal });
    stream.addEventListener("status", ({ detail }) => detail.status === "offline" && resolve(), { signal });
  });
}
