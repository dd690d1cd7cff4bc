/** Colours: the ten classes', and those of Streamlit's theme in which all else is drawn. */

import { THEME_COLOURS, LINE, MUTED, PALETTE } from "../shared/view.js";

export { PALETTE };

/**
 * @typedef {{text: string, muted: string, line: string, surface: string, accent: string, font: string,
 *   dark: boolean}} ThemeColours
 */

/**
 * Reads the theme that Streamlit gives as CSS variables, or the reader's own colours where the browser forces those on
 * every page.
 * @param {HTMLElement} element inside the component
 * @returns {ThemeColours}
 */
export function readTheme(element) {
  const style = getComputedStyle(element);
  const value = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const forced = matchMedia("(forced-colors: active)").matches;
  const text = forced ? style.color : value("--st-text-color", THEME_COLOURS.light.text);
  const surface = forced ? style.backgroundColor : value("--st-background-color", THEME_COLOURS.light.surface);
  const dark = luminance(surface) < 0.4;
  const accent = value("--st-primary-color", THEME_COLOURS[dark ? "dark" : "light"].accent);
  return themeOf(text, surface, accent, value("--st-font", "sans-serif"), dark);
}

/** @returns {ThemeColours} for a picture on white paper, whatever the page's theme */
export function paperTheme() {
  const { text, surface, accent } = THEME_COLOURS.light;
  return themeOf(text, surface, accent, "sans-serif", false);
}

function themeOf(text, surface, accent, font, dark) {
  const line = mix(text, surface, LINE[dark ? "dark" : "light"]);
  return { text, surface, accent, font, dark, line, muted: mix(text, surface, MUTED) };
}

/** @param {string} colour #rrggbb or rgb() @returns {number[]} red, green, blue, 0 to 255 */
export function channels(colour) {
  const hex = /^#([0-9a-f]{6})/i.exec(colour);
  if (hex) return [0, 2, 4].map((at) => parseInt(hex[1].slice(at, at + 2), 16));
  return (colour.match(/[\d.]+/g) ?? ["128", "128", "128"]).slice(0, 3).map(Number);
}

function luminance(colour) {
  const [red, green, blue] = channels(colour);
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

function mix(one, other, share) {
  const b = channels(other);
  return `rgb(${channels(one).map((value, at) => Math.round(value * (1 - share) + b[at] * share)).join(", ")})`;
}

/**
 * @param {HTMLElement} root of a page: `data-theme` says light or dark
 * @param {(theme: ThemeColours) => void} paint what is to be done in new colours
 * @returns {() => void} looks whether the theme has changed
 */
export function followTheme(root, paint) {
  let drawn = "";
  return () => {
    const theme = readTheme(root);
    root.dataset.theme = theme.dark ? "dark" : "light";
    const now = JSON.stringify(theme);
    if (now === drawn) return;
    drawn = now;
    paint(theme);
  };
}
