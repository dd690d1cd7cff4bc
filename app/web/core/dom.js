/** Small helpers to build elements, so that the panels read like the page they make. */

/**
 * An element with attributes and children.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Object<string, *>} [attributes] `class`, `style` (object), `onclick` and friends (functions), anything else
 *   an attribute; `null`, `undefined` and `false` are left out.
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) assign(element, name, value);
  const there = children.filter((child) => child !== null && child !== undefined && child !== false);
  element.append(.../** @type {(Node|string)[]} */ (there));
  return element;
}

/** @param {HTMLElement} element @param {string} name @param {*} value */
function assign(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "style") Object.assign(element.style, value);
  else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else element.setAttribute(name, value === true ? "" : String(value));
}

/**
 * Scrolls no farther than it must, and at once for people who asked for less motion.
 * @param {HTMLElement} element
 * @param {ScrollLogicalPosition} block
 */
export function bringIntoView(element, block) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block, behavior: calm ? "instant" : "smooth" });
}

/** Icons as 24 x 24 strokes: no icon font, no outside host. */
const ICONS = {
  dice: "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z "
    + "M8 8h.01 M16 8h.01 M12 12h.01 M8 16h.01 M16 16h.01",
  home: "M12 2v4 M12 18v4 M2 12h4 M18 12h4 M12 7a5 5 0 1 0 0 10a5 5 0 0 0 0-10z M12 12h.01",
  centre: "M12 3v5 M12 16v5 M3 12h5 M16 12h5 M9.5 5.5l2.5 2.5l2.5-2.5 M9.5 18.5l2.5-2.5l2.5 2.5 "
    + "M5.5 9.5l2.5 2.5l-2.5 2.5 M18.5 9.5l-2.5 2.5l2.5 2.5",
  reset: "M3 12a9 9 0 1 0 3-6.7 M3 4v5h5",
  remove: "M6 6l12 12 M18 6L6 18",
  undo: "M9 14L4 9l5-5 M4 9h9a6 6 0 0 1 0 12h-3",
  redo: "M15 14l5-5-5-5 M20 9h-9a6 6 0 0 0 0 12h3",
  full: "M4 9V4h5 M15 4h5v5 M20 15v5h-5 M9 20H4v-5",
  play: "M7 4l13 8l-13 8z",
  pause: "M8 4v16 M16 4v16",
  loop: "M17 2l4 4l-4 4 M3 11v-1a4 4 0 0 1 4-4h14 M7 22l-4-4l4-4 M21 13v1a4 4 0 0 1-4 4H3",
  newest: "M5 4l10 8l-10 8z M19 5v14",
  lock: "M6 11h12v9H6z M8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  save: "M12 4v12 M7 11l5 5l5-5 M4 16v4h16v-4",
  walk: "M5 19h.01 M19 5h.01 M7 19h7a3.5 3.5 0 0 0 0-7h-4a3.5 3.5 0 0 1 0-7h7",
  pictures: "M4 5h16v14H4z M4 16l5-5l4 4l3-3l4 4 M15.5 9h.01",
  compare: "M3 5h7v14H3z M14 5h7v14h-7z M6 10h1 M7 14h1 M17 10h1 M18 14h1",
  share: "M18 8a3 3 0 1 0-3-3a3 3 0 0 0 3 3z M6 15a3 3 0 1 0-3-3a3 3 0 0 0 3 3z M18 22a3 3 0 1 0-3-3a3 3 0 0 0 3 3z "
    + "M8.6 13.5l6.8 4 M15.4 6.5l-6.8 4",
  present: "M3 4h18v12H3z M12 16v4 M8 20h8 M10 7.5l5 2.5l-5 2.5z",
  upload: "M12 16V4 M7 9l5-5 5 5 M4 16v4h16v-4",
};

/**
 * A stroked icon; decorative, the button beside it carries the name.
 * @param {keyof typeof ICONS} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "mx-icon");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * The look-up of interface strings.
 * @param {Object<string, string>} strings
 * @returns {Say} the string with `{name}` filled in, or the key itself
 */
export function translator(strings) {
  return (key, values = {}) =>
    (strings[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * Calls `run` in the next frame, once, however often it is asked for until then.
 * @param {() => void} run
 * @returns {(() => void) & {cancel: () => void}}
 */
export function oncePerFrame(run) {
  let frame = 0;
  const soon = () => { frame ||= requestAnimationFrame(() => { frame = 0; run(); }); };
  soon.cancel = () => { cancelAnimationFrame(frame); frame = 0; };
  return soon;
}

/**
 * Calls `run` at most once per `wait` ms, with the newest arguments last.
 * @param {(...args: *[]) => void} run
 * @param {number} wait milliseconds
 * @returns {((...args: *[]) => void) & {cancel: () => void}}
 */
export function throttle(run, wait) {
  let timer = 0;
  let last = -Infinity;
  const later = (...args) => {
    clearTimeout(timer);
    const go = () => { last = performance.now(); run(...args); };
    const left = last + wait - performance.now();
    if (left <= 0) go();
    else timer = window.setTimeout(go, left);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}
