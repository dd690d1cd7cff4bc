/**
 * From input to paint: how long a hand waits for its picture. Always on, as it costs one callback a frame.
 *
 * `window.__mxTimings` holds the newest 512 entries `{input, put, paint}` in performance.now() milliseconds: the input
 * event, the pixels handed to the canvas, the frame in which the browser shows them.
 */

const KEPT = 512;

/** @param {number} input when the input that asked for these pixels happened */
export function remember(input) {
  const put = performance.now();
  requestAnimationFrame(() => {
    const timings = (window.__mxTimings ??= []);
    timings.push({ input, put, paint: performance.now() });
    if (timings.length > KEPT) timings.shift();
  });
}
