/**
 * Which film is looked at, as a link carries it: `?run=NAME` for a training, `?film=NAME` for a model that is here
 * already.
 */

const PARAMETERS = { runs: "run", models: "film" };

/** @typedef {{kind: "runs"|"models", name: string}} Choice */

/** @param {string} query @returns {Choice|null} */
export function chosenIn(query) {
  const given = new URLSearchParams(query);
  const kind = /** @type {("runs"|"models")[]} */ (Object.keys(PARAMETERS)).find((each) => given.get(PARAMETERS[each]));
  return kind ? { kind, name: given.get(PARAMETERS[kind]) } : null;
}

/**
 * @param {Choice|null} choice @param {string} language @returns {string} the query of a link that opens this film again
 */
export function linkOf(choice, language) {
  return new URLSearchParams({ ...(choice && { [PARAMETERS[choice.kind]]: choice.name }), lang: language }).toString();
}

/**
 * What a page opens with: the run at work, or else the newest, or else the first film that is here.
 * @param {import("./watch.js").Watch} watch @returns {Choice|null}
 */
export function firstChoice({ runs, films }) {
  return runs.find((run) => run.at_work) ?? runs[0] ?? films[0] ?? null;
}

/** @param {Choice|null} one @param {Choice|null} other */
export function sameFilm(one, other) {
  return Boolean(one && other) && one.kind === other.kind && one.name === other.name;
}
