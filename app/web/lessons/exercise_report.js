/** The report of the exercise: one HTML file that stands alone, without scripts and without other files. */

import { escaped } from "../core/markup.js";

const styleOf = ({ text, surface, accent }) => `
body { font: 16px/1.5 sans-serif; color: ${text}; background: ${surface}; max-width: 800px; margin: 32px auto;
  padding: 0 16px; }
h1 { font-size: 28px; line-height: 1.25; } h2 { font-size: 20px; margin: 40px 0 8px; }
h3 { font-size: 16px; margin: 16px 0 4px; } p { margin: 8px 0; }
table { border-collapse: collapse; margin: 8px 0; } thead th { font-weight: 600; }
th, td { padding: 4px 16px 4px 0; text-align: left; font-weight: 400; border-bottom: 1px solid #d9dce2;
  vertical-align: top; }
td { font-variant-numeric: tabular-nums; } svg, .cloud { width: 100%; height: auto; }
.strip img { width: 100%; image-rendering: pixelated; display: block; } figure { margin: 8px 0; }
figcaption, .note { color: #5b6170; } .key { display: inline-block; margin-right: 16px; }
.key i { display: inline-block; width: 12px; height: 12px; border-radius: 50%; margin-right: 6px; }
.answer { white-space: pre-wrap; border-left: 4px solid ${accent}; padding: 4px 12px; background: #f3f4f6; }
@media print { h2, h3 { break-after: avoid; } figure, tr { break-inside: avoid; } }`;

/**
 * @typedef {{heads: string[], rows: string[][]}} Table
 * @typedef {{title: string, parts: Part[]}} Section
 * @typedef {{kind: "text"|"note"|"answer"|"heading", text: string} | {kind: "table", table: Table}
 *   | {kind: "svg", markup: string} | {kind: "picture"|"strip", address: string, caption: string}
 *   | {kind: "keys", keys: {colour: string, name: string}[]}} Part
 */

/**
 * How each kind of part is written; markup comes from our own code alone, all else is escaped.
 * @type {Object<string, (part: *) => string>}
 */
const WRITTEN = {
  text: ({ text }) => `<p>${escaped(text)}</p>`,
  note: ({ text }) => `<p class="note">${escaped(text)}</p>`,
  answer: ({ text }) => `<p class="answer">${escaped(text)}</p>`,
  heading: ({ text }) => `<h3>${escaped(text)}</h3>`,
  table: ({ table }) => tableOf(table),
  svg: ({ markup }) => markup,
  picture: ({ address, caption }) => figure("", `<img class="cloud" src="${escaped(address)}" alt="">`, caption),
  strip: ({ address, caption }) => figure("strip", `<img src="${escaped(address)}" alt="">`, caption),
  keys: ({ keys }) => `<p>${keys.map(({ colour, name }) => (
    `<span class="key"><i style="background:${escaped(colour)}"></i>${escaped(name)}</span>`)).join("")}</p>`,
};

/**
 * @param {{language: string, title: string, about: string, sections: Section[],
 *   theme: Pick<import("../core/theme.js").ThemeColours, "text"|"surface"|"accent">}} report
 * @returns {string} the whole file
 */
export function reportHtml({ language, title, about, sections, theme }) {
  const written = sections.map((section) => (
    `<h2>${escaped(section.title)}</h2>\n${section.parts.map((part) => WRITTEN[part.kind](part)).join("\n")}`));
  return `<!doctype html>
<html lang="${escaped(language)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${styleOf(theme)}</style></head>
<body><h1>${escaped(title)}</h1>
<p class="note">${escaped(about)}</p>
${written.join("\n")}
</body></html>
`;
}

function tableOf({ heads, rows }) {
  const named = heads.map((text) => `<th>${escaped(text)}</th>`).join("");
  const head = named && `<thead><tr>${named}</tr></thead>`;
  const row = ([name, ...cells]) => (
    `<tr><th scope="row">${escaped(name)}</th>${cells.map((text) => `<td>${escaped(text)}</td>`).join("")}</tr>`);
  return `<table>${head}<tbody>${rows.map(row).join("")}</tbody></table>`;
}

function figure(kind, picture, caption) {
  return `<figure class="${kind}">${picture}<figcaption>${escaped(caption)}</figcaption></figure>`;
}
