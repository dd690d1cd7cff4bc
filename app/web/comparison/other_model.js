/** The second model of a comparison: its card and its cloud, and how that lies over the first one's. */

import { movedAll } from "./alignment.js";

/**
 * @typedef {{api: import("../core/api.js").Api, card: import("../core/api.js").Card, points: Float32Array,
 *   alignment: import("../core/api.js").Alignment|null, aligned: Float32Array|null}} OtherModel `alignment` and the
 *   `aligned` points are null where a view does not show all numbers of its model
 */

/**
 * @param {import("../explore/panel_list.js").Context} context of the first model @param {string} name
 * @returns {Promise<OtherModel>} @throws {Error} where it cannot be had, or shows other images
 */
export async function loadOther({ api: ours, card: first, labels, t }, name) {
  const api = ours.of(name);
  const card = await api.model();
  const [points, theirs] = await Promise.all([api.points(() => {}), api.labels()]);
  const same = theirs.length === labels.length && theirs.every((label, index) => label === labels[index]);
  if (!same) throw new Error(t("compare.images"));
  const whole = [card, first].every(({ latent_dim: d }) => d <= 3);
  const alignment = whole ? await api.alignment(first.name) : null;
  return { api, card, points, alignment, aligned: alignment && movedAll(points, alignment) };
}
