/** HTML and SVG written as text, for files that stand alone. */

const MEANT = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** @param {*} text @returns {string} which stands for itself in HTML, also within quotes */
export function escaped(text) {
  return String(text).replace(/[&<>"']/g, (sign) => MEANT[sign]);
}
