/**
 * Everything that we read or set in Plotly's private fields: it has no public projection, and none that tells of its
 * frames. They were checked with plotly.js 4.1.1, and a browser test compares the outcome with Plotly's own hover.
 */

/**
 * @typedef {HTMLElement & Object<string, *>} Plot the element that Plotly drew in
 * @typedef {{object: object, points: number[][], label: number, colour: string, pixelRatio: number}} Markers of one
 *   trace, that of the class `label`; `points` as Plotly scales them, another array when they have changed
 */

/** @param {Plot} plot */
function sceneOf(plot) {
  return plot._fullLayout?.scene?._scene;
}

/**
 * Runs `draw` with each frame that Plotly draws, so that what lies above never lags behind the camera.
 * A restored WebGL context has a new renderer: call again after `plotly_afterplot`.
 * @param {Plot} plot @param {() => void} draw
 */
export function followFrames(plot, draw) {
  const renderer = sceneOf(plot)?.glplot;
  if (!renderer || renderer.mxFollowed) return;
  const first = renderer.onrender;
  renderer.mxFollowed = true;
  renderer.onrender = () => { first?.(); draw(); };
  spare(renderer);
}

/**
 * Spares Plotly what is ours: we pick by projecting the points, so its second, hidden drawing of the cloud is wasted
 * work; and we draw anew after a lost context, which its own attempt would meet half way.
 */
function spare(renderer) {
  renderer.oncontextloss = null;
  for (const object of renderer.objects) object.drawPick = null;
}

/**
 * Has the markers of every trace drawn by `draw` from now on, in place of Plotly. Traces that are shown again are new:
 * call again after `plotly_afterplot`.
 * @param {Plot} plot
 * @param {(gl: WebGLRenderingContext) => {draw: (markers: Markers, camera: object) => void,
 *   forget: (object: object) => void}} make for a renderer; a restored WebGL context has a new one
 */
export function replaceMarkers(plot, make) {
  const renderer = sceneOf(plot)?.glplot;
  if (!renderer) return;
  renderer.mxMarkers ??= make(renderer.gl);
  const fresh = renderer.objects.filter((object) => (
    object._trace?.scatterPlot === object && !Object.hasOwn(object, "draw")
  ));
  for (const object of fresh) {
    const { dispose } = object;
    object.drawPick = null;
    object.draw = (camera) => {
      const { points, pixelRatio, _trace: trace } = object;
      const { index: label, marker } = trace.data;
      renderer.mxMarkers.draw({ object, points, label, pixelRatio, colour: marker.color }, camera);
    };
    object.dispose = () => { renderer.mxMarkers.forget(object); dispose.call(object); };
  }
  if (fresh.length) renderer.redraw();
}

/** The same figure once more, where its markers look otherwise. @param {Plot} plot */
export function redraw(plot) {
  sceneOf(plot)?.glplot?.redraw();
}

/** @param {Plot} plot @returns {{left: number, top: number, width: number, height: number}} of the drawing in it */
export function frameOf(plot) {
  const around = plot.getBoundingClientRect();
  const { left, top, width, height } = (sceneOf(plot)?.container ?? plot).getBoundingClientRect();
  return { left: left - around.left, top: top - around.top, width, height };
}

/**
 * The camera of the frame that Plotly drew last: projection . view . model . scale.
 * @param {Plot} plot @returns {Float64Array|null} from points to clip space, 4 x 4, column-major; null without a scene
 */
export function matrixOf(plot) {
  const scene = sceneOf(plot);
  const camera = scene?.glplot?.cameraParams;
  if (!camera?.projection) return null;
  const matrix = product(camera.projection, product(camera.view, camera.model));
  for (let at = 0; at < 12; at += 1) matrix[at] *= scene.dataScale[at >> 2];
  return matrix;
}

/**
 * Browsers hold few WebGL contexts and drop the oldest one first.
 * @param {Plot} plot @returns {() => void} gives its context back at once, also when the plot is purged
 */
export function contextOf(plot) {
  const lose = sceneOf(plot)?.glplot?.gl?.getExtension("WEBGL_lose_context");
  return () => lose?.loseContext();
}

/** Column-major 4 x 4. */
function product(a, b) {
  const out = new Float64Array(16);
  for (let column = 0; column < 4; column += 1) {
    for (let row = 0; row < 4; row += 1) {
      for (let k = 0; k < 4; k += 1) out[4 * column + row] += a[4 * k + row] * b[4 * column + k];
    }
  }
  return out;
}
