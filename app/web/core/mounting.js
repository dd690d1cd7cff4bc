/**
 * How a part of the page comes into Streamlit's component, stays there through its reruns, and gets its style sheets.
 */

/**
 * @template {{update: (component: *) => void, dispose: () => void}} Part
 * @param {(parent: HTMLElement) => Part} make called once for each element
 * @param {{first: boolean}} [options] whether the page is there once this part is
 * @returns {(component: {parentElement: HTMLElement}) => () => void} what Streamlit calls at each rerun; its answer
 *   cleans up
 */
export function mounting(make, { first } = { first: true }) {
  /** @type {WeakMap<Node, Part>} */
  const parts = new WeakMap();
  return (component) => {
    const { parentElement } = component;
    const part = parts.get(parentElement) ?? make(parentElement);
    if (first) removeLoading();
    parts.set(parentElement, part);
    part.update(component);
    return () => {
      part.dispose();
      parts.delete(parentElement);
    };
  };
}

/** The words of the page's HTML (`app/web/start/`) end where a part begins. */
export function removeLoading() {
  document.getElementById("mx-loading")?.remove();
}

/** @type {Map<string, Promise<void>>} by address */
const sheets = new Map();

/**
 * Style sheets stand in the document's head, once: in a part they would load anew, and leave it bare meanwhile, when
 * the part is moved.
 * @param {string[]} addresses relative to `base` @param {string} base @returns {Promise<*>} when the sheets are there,
 *   or cannot be had
 */
export function loadSheets(addresses, base) {
  return Promise.all(addresses.map((address) => sheet(new URL(address, base).href)));
}

/** @param {string} href */
function sheet(href) {
  if (!sheets.has(href)) sheets.set(href, new Promise((resolve) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: () => resolve() });
    link.onerror = () => { sheets.delete(href); link.remove(); resolve(); };
    document.head.append(link);
  }));
  return sheets.get(href);
}
