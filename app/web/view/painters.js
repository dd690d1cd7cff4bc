/**
 * What a View asks of whoever paints its cloud. There are two: CanvasPainter, for clouds that move, for many small
 * views, and where there is no WebGL; PlotlyPainter, for the explorer's cloud.
 *
 * A painter is an EventTarget: `frame` tells that its picture is new, and `lens` then that of this picture; `lost` that
 * the graphics card has dropped it. All places are in CSS pixels of the view.
 *
 * @typedef {import("../core/theme.js").ThemeColours} ThemeColours
 *
 * @typedef {object} Scene what there is to paint (a View has these)
 * @property {Float32Array|null} points (n, 3), or null: they come later
 * @property {Uint8Array} labels (n,)
 * @property {boolean[]} shown by class; changed in place
 * @property {Uint8Array|null} [selected] (n,) 1 for the points before which the others pale, or null
 * @property {import("./box.js").Limits} limits of the box
 * @property {string[]} axes their three names
 * @property {string[]} palette "#rrggbb" by class, starting again at the first where there are more
 * @property {ThemeColours} theme
 *
 * @typedef {object} PainterMembers
 * @property {HTMLElement} surface what it paints on; the view puts it below its layers
 * @property {number} room times as far away as the whole box is seen from, for the names of the axes
 * @property {number} discs times as large as those of a canvas: a second view's canvas may draw alike
 * @property {import("./lens.js").Lens|null} lens of the picture that is seen now; null before there is one
 * @property {(scene: Scene, pose: () => import("./orbit.js").Pose) => Promise<void>|void} start once; settled when it
 *   can paint
 * @property {(points: Float32Array) => void} setPoints as many as before
 * @property {(shown: boolean[]) => void} setShown
 * @property {(selected: Uint8Array|null) => void} setSelected
 * @property {(limits: import("./box.js").Limits) => void} setLimits
 * @property {(theme: ThemeColours) => void} setTheme
 * @property {(width: number, height: number) => void} resize
 * @property {(pose: import("./orbit.js").Pose) => void} draw paints what has changed; costs nothing where nothing has
 * @property {() => void} dispose
 *
 * @typedef {EventTarget & PainterMembers} Painter
 */

export {};
