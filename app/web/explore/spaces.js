/** The spaces in which neighbours are looked for, what of them is shown, and how each is drawn. */

const SPACES = ["latent", "pixel", "view"];
export const METRICS = ["euclidean", "cosine"];
export const ALL = "all"; // side by side

/**
 * How lines to the neighbours in a space are dashed (pixels), and the mark at their ends: without colours too, one can
 * tell them apart.
 * @type {Object<string, {dash: number[], mark: import("../view/layers.js").Mark}>}
 */
export const LINES = {
  latent: { dash: [], mark: "ring" },
  pixel: { dash: [8, 4], mark: "square" },
  view: { dash: [1.5, 3.5], mark: "triangle" },
};

/** The view is a space of its own where the latent space has more axes. @param {{latent_dim: number}} card */
export function choicesOf({ latent_dim }) {
  return [...SPACES.filter((space) => space !== "view" || latent_dim > 3), ALL];
}

/** @param {string} near one of `choicesOf` @param {{latent_dim: number}} card @returns {string[]} the spaces on show */
export function shownSpaces(near, card) {
  return near === ALL ? choicesOf(card).slice(0, -1) : [near];
}

/** @param {import("../core/api.js").Neighbour[]} some @param {import("../core/api.js").Neighbour[]} others */
export function sharedBy(some, others) {
  const known = new Set(others.map(({ index }) => index));
  return some.map(({ index }) => index).filter((index) => known.has(index));
}
