/**
 * The panels around the scene, and what all of them know.
 *
 * @typedef {ReturnType<typeof contextOf>} Context what the panels are given
 */

import { bringIntoView, translator } from "../core/dom.js";
import { AxesPanel } from "../axes/axes_panel.js";
import { SheetPanel } from "../axes/sheet_panel.js";
import { CompareSwitch } from "../comparison/compare_switch.js";
import { EveryModelPanel } from "../comparison/every_model.js";
import { PALETTE } from "../core/theme.js";
import { ReductionPanel } from "../reduction/panel.js";
import { SelectionPanel } from "../selection/panel.js";
import { Legend } from "../view/legend.js";
import { About } from "./about.js";
import { actionsOf } from "./actions.js";
import { Announcer } from "./announcer.js";
import { BookmarksPanel } from "./bookmarks_panel.js";
import { DatasetLine } from "./dataset.js";
import { DetailMode } from "./detail_mode.js";
import { DetailSwitch } from "./detail_switch.js";
import { DensitySwitch } from "./density_switch.js";
import { Guide } from "./guide.js";
import { HoverCard } from "./hovercard.js";
import { Marks } from "./marks.js";
import { NearestPanel } from "./nearest.js";
import { Gauge } from "./gauge.js";
import { PicturePair } from "./picture_pair.js";
import { PictureSwitch } from "./picture_switch.js";
import { Sliders } from "./sliders.js";
import { SnapSwitch } from "./snap_switch.js";
import { toolbar } from "./toolbar.js";
import { TrailControl } from "./trail_control.js";
import { UploadPanel } from "./upload.js";
import { WalkSwitch } from "./walk_switch.js";

/** @param {import("../core/api.js").Card} card @returns {string[]} the names of the three axes */
export function axesOf({ latent_dim }) {
  return [1, 2, 3].map((number) => `${latent_dim > 3 ? "PC" : "z"}${number}`);
}

/**
 * @param {import("./explorer.js").Explorer} explorer
 * @param {Object<string, string>} strings
 * @param {(leave: () => void) => void} onDispose what is to be done when the panels go
 */
export function contextOf(explorer, strings, onDispose) {
  const { api, card, probe, feed, overlay, points, labels, parts, data, snapping, trail, selection } = explorer;
  const detail = new DetailMode(probe, api, card);
  onDispose(() => detail.dispose());
  return {
    api, card, probe, feed, overlay, points, labels, snapping, selection, detail, trail, strings, onDispose,
    t: translator(strings), palette: PALETTE, root: parts.root, has_images: card.has_images, language: data.language,
    axes: axesOf(card),
    classLabel: (/** @type {number} */ label) => strings[`class.${card.classes[label]}`] ?? card.classes[label],
    positionOf: (/** @type {number} */ index) => points.subarray(3 * index, 3 * index + 3),
    choose: (/** @type {Partial<import("./feed.js").Choice>} */ change) => explorer.choose(change),
    toPair: () => bringIntoView(parts.gauge, "end"), // with the pair above it
  };
}

/**
 * Builds everything that carries words.
 * @param {import("./explorer.js").Explorer} explorer @param {Context} context
 * @returns {{upload: UploadPanel, hover: HoverCard, guide: Guide, walks: WalkSwitch, pictures: PictureSwitch,
 *   comparison: CompareSwitch,
 *   all: {dispose: () => void, recolour?: (theme: import("../core/theme.js").ThemeColours) => void}[]}}
 */
export function panelsOf(explorer, context) {
  const { parts, stream, shown, scene } = explorer;
  const { t } = context;
  const upload = new UploadPanel(parts.upload, context);
  const hover = new HoverCard(parts.stage, context);
  const guide = new Guide(parts.stage, context);
  const tools = toolbar(parts.tools, t, actionsOf(explorer, upload));
  const walks = new WalkSwitch(explorer, context, tools.buttons.walk);
  const pictures = new PictureSwitch(explorer, context, tools.buttons.pictures);
  const comparison = new CompareSwitch(explorer, context, tools.buttons.compare);
  const all = [
    upload, hover, guide, new About(parts.about, context), new Marks(parts.stage, context),
    tools, walks, pictures, comparison, new TrailControl(context, tools),
    new Legend(parts.classes, context, shown, () => explorer.filter()),
    new PicturePair(parts.pair, context, stream), new DetailSwitch(parts.detail, context),
    new Gauge(parts.gauge, context), new SnapSwitch(parts.gauge, context),
    new DensitySwitch(parts.gauge, context, scene), new Sliders(parts.sliders, context),
    new AxesPanel(parts.axes, context), new SheetPanel(parts.sheet, context, scene),
    new BookmarksPanel(parts.bookmarks, context),
    new NearestPanel(parts.nearest, context), new SelectionPanel(parts.selection, context, scene),
    new EveryModelPanel(parts.every, context), new ReductionPanel(parts.reduction, context, scene),
    new Announcer(parts.said, context),
    new DatasetLine(parts.data, context, () => explorer.reload()),
  ];
  return { upload, hover, guide, walks, pictures, comparison, all };
}
