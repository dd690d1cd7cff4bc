/** How a part of the page comes into Streamlit's component, stays there through its reruns, and gets its style sheets. */

/**
 * @template {{update: (component: *) => void, dispose: () => void}} Part
 * @param {(parent: HTMLElement) => Part} make called once for each element
 * @returns {(component: {parentElement: HTMLElement}) => () => void} what Streamlit calls at each rerun; its answer cleans up
 */
export function mounting(make) {
  /** @type {WeakMap<Node, Part>} */
  const parts = new WeakMap();
  return (component) => {
    const { parentElement } = component;
    const part = parts.get(parentElement) ?? make(parentElement);
    parts.set(parentElement, part);
    part.update(component);
    return () => {
      part.dispose();
      parts.delete(parentElement);
    };
  };
}

/** @param {HTMLElement} root @param {string[]} addresses relative to `base` @param {string} base @returns {Promise<*>} when the sheets are there, or cannot be had */
export function dressed(root, addresses, base) {
  return Promise.all(addresses.map((address) => new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL(address, base).href;
    link.onload = link.onerror = () => resolve();
    root.append(link);
  })));
}
