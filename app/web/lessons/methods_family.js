/** The family of dimension reductions as a tree, and which of its members keeps classes together best. */

/**
 * @typedef {import("../reduction/results.js").Method} Method
 * @typedef {import("../reduction/results.js").Facts} Facts
 * @typedef {{name: string, methods: {name: string, title: string}[], inner: Branch[]}} Branch
 */

/** @param {Method[]} methods @param {{name: string, title: string}} own the autoencoder @returns {Branch[]} */
export function branches(methods, own) {
  const of = (/** @type {string} */ family) => methods.filter((method) => method.facts && method.family === family);
  const branch = (name, found, inner = []) => ({ name, methods: found, inner });
  return [
    branch("selection", of("selection")),
    branch("extraction", [], [branch("linear", of("linear")), branch("nonlinear", [...of("nonlinear"), own])]),
  ];
}

/** @param {Facts} facts @param {string} language @returns {Object<string, string>} in print */
export function figuresOf({ seconds, trustworthiness, continuity, knn_accuracy: accuracy }, language) {
  return {
    seconds: seconds.toLocaleString(language, { maximumFractionDigits: seconds < 10 ? 1 : 0 }),
    trustworthiness: trustworthiness.toFixed(2), continuity: continuity.toFixed(2),
    accuracy: (100 * accuracy).toFixed(1),
  };
}

/**
 * What has the highest 10-NN accuracy among those that were not shown the classes.
 * @param {Method[]} methods @param {Facts} model the autoencoder's
 * @returns {{kind: "linear"|"map"|"autoencoder", map: Method, linear: Method}} `map`: the best non-linear arrangement
 */
export function winner(methods, model) {
  const known = methods.filter(({ facts, supervised }) => facts && !supervised);
  const best = (/** @type {string} */ wanted) => known.filter(({ family }) => family === wanted)
    .reduce((one, other) => (other.facts.knn_accuracy > one.facts.knn_accuracy ? other : one));
  const linear = best("linear"), map = best("nonlinear");
  const first = map.facts.knn_accuracy > linear.facts.knn_accuracy ? map : linear;
  const kind = model.knn_accuracy >= first.facts.knn_accuracy ? "autoencoder" : first === map ? "map" : "linear";
  return { kind, map, linear };
}
