/**
 * What a link says besides the view: parts of the page that are hidden (`hide=`) or may not be used (`lock=`), and the
 * presenter view (`present=1`). It helps a class to look at one thing; it protects nothing.
 */

/**
 * The parts that a link can name, by page: each a selector.
 * @type {Object<string, Object<string, string>>}
 */
export const PARTS = {
  every: {
    pages: ".st-key-switch", help: ".st-key-help", language: ".st-key-language", share: ".st-key-share",
  },
  explore: {
    models: "[class*='st-key-dataset_'], [class*='st-key-model_']", classes: ".mx-classes", tools: ".mx-tools",
    trail: ".mx-tool-undo, .mx-tool-redo", pictures: ".mx-tool-pictures", walk: ".mx-tool-walk, .mx-walk",
    compare: ".mx-tool-compare, .mx-compare-choice", upload: ".mx-tool-upload, .mx-panel-upload",
    ...panels(["pair", "detail", "gauge", "sliders", "axes", "sheet", "bookmarks", "nearest", "selection", "every",
      "reduction"]),
  },
  train: { new: ".st-key-new", ...panels(["list", "status", "film", "details"]) },
  learn: { lessons: ".mx-lessons, .mx-turns", formula: ".mx-panel-formula", question: ".mx-panel-question" },
};
const NAMED = ["hide", "lock", "present"];

/** @param {string[]} names @returns {Object<string, string>} */
function panels(names) {
  return Object.fromEntries(names.map((name) => [name, `.mx-panel-${name}`]));
}

/** @param {string} query @returns {{hide: string[], lock: string[], present: boolean}} names that there are */
export function optionsIn(query) {
  const given = new URLSearchParams(query);
  const all = Object.assign({}, ...Object.values(PARTS));
  const names = (/** @type {string} */ option) => (given.get(option) ?? "").split(",").filter((name) => name in all);
  return { hide: names("hide"), lock: names("lock"), present: given.get("present") === "1" };
}

/** @param {string} name of a part @returns {"hide"|"lock"|null} what the address does to it */
export function useOf(name) {
  const { hide, lock } = optionsIn(location.search);
  return hide.includes(name) ? "hide" : lock.includes(name) ? "lock" : null;
}

/**
 * A page's own query with the options that stand in the address now.
 * @param {string} query
 */
function withOptions(query) {
  const given = new URLSearchParams(location.search);
  const said = (/** @type {string} */ name) => given.get(name).replace(/[^a-z0-9,]/g, "");
  const kept = NAMED.filter((name) => given.get(name)).map((name) => `${name}=${said(name)}`);
  return [query, ...kept].filter(Boolean).join("&");
}

/**
 * Replaces this page's entry in the history, so that the browser's back button leaves the page.
 * @param {string} query the page's own; the options stay
 */
export function replaceQuery(query) {
  const link = `?${withOptions(query)}`;
  if (link !== location.search) history.replaceState(history.state, "", link);
}

/** @param {string[]} names @returns {string} one selector for all of them */
function selectorOf(names) {
  const all = Object.assign({}, ...Object.values(PARTS));
  return names.map((name) => all[name]).join(", ");
}

/** Hides and locks what the address names, from the first paint on and for as long as the page stands. */
export function applyOptions() {
  const { hide, lock, present } = optionsIn(location.search);
  if (present) setPresenting(true);
  const sheet = document.createElement("style");
  if (hide.length) sheet.textContent += `:is(${selectorOf(hide)}) { display: none !important; }`;
  if (lock.length) sheet.textContent += `:is(${selectorOf(lock)}) { opacity: 0.6; }`;
  document.head.append(sheet);
  if (!lock.length) return;
  const still = () => {
    for (const part of document.querySelectorAll(selectorOf(lock))) part.setAttribute("inert", "");
  };
  new MutationObserver(still).observe(document.body, { childList: true, subtree: true });
  still();
}

/** Larger type, a mark around the probe, a clicker's keys. @param {boolean} presenting */
export function setPresenting(presenting) {
  document.documentElement.toggleAttribute("data-mx-presenting", presenting);
  window.dispatchEvent(new Event("mx-presenting"));
}

export function isPresenting() {
  return document.documentElement.hasAttribute("data-mx-presenting");
}
