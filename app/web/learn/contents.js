/** The lessons in their order: to add one, add its name here, its module and its strings (`app/text/lessons/`). */

/**
 * What a lesson's module exports; one with `open` fills the page itself and has nothing else.
 * @typedef {object} LessonModule
 * @property {(parts: {figure: HTMLElement, words: HTMLElement}, context: PageContext) => OpenPage} [open]
 * @property {string} formula MathML, the content of a <math> element
 * @property {[name: string, math: string][]} symbols of the formula: a name in the strings (`ID.symbol.NAME`), MathML
 * @property {string[]} choices of the question, names in the strings (`ID.choice.NAME`)
 * @property {(figure: HTMLElement, context: LessonContext) => Figure} mount
 *
 * @typedef {object} Figure a lesson's part that reacts
 * @property {() => void|Promise<void>} demonstrate brings about what the question asks for, as a hand would
 * @property {(theme: import("../core/theme.js").ThemeColours) => void} [recolour] the theme has changed
 * @property {() => void} dispose
 *
 * @typedef {{recolour: (theme: import("../core/theme.js").ThemeColours) => void, dispose: () => void}} OpenPage
 *
 * @typedef {Omit<LessonContext, "observed"> & {strings: Object<string, string>}} PageContext
 *
 * @typedef {object} LessonContext
 * @property {string} id
 * @property {Say} t
 * @property {string} language
 * @property {Object<string, string>} datasets what each is called
 * @property {string[]} palette
 * @property {string} base of the API's addresses
 * @property {(name: string) => string} classLabel a class in the language of the page
 * @property {() => Promise<PlotlyLibrary>} plotly
 * @property {() => import("../core/theme.js").ThemeColours} theme
 * @property {(answer: string, values?: Object<string, string|number>) => void} observed what the question asks for has
 *   happened: which of the choices came true, and the numbers that `ID.outcome` names
 */

export const LESSONS = [
  "manifold", "purpose", "curse", "features", "similar", "methods", "autoencoder", "denoising", "disentangling",
  "exercise",
];

/** @param {string} id @returns {Promise<LessonModule>} */
export function lesson(id) {
  return import(`../lessons/${id}.js`);
}
