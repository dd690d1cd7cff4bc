/** The ways a picture gets in: chosen, dropped on the page, or pasted. */

import { h } from "../core/dom.js";
import { UPLOAD_TYPES } from "../shared/contract.js";

/**
 * Listen for pictures dropped on or pasted into the page.
 * @param {{onFile: (file: File) => void, onNothing: () => void, onHover: (over: boolean) => void}} events
 *   onNothing: something was dropped that holds no file; onHover: files are over the page, or gone again
 * @param {AbortSignal} signal ends it
 */
export function listenForPictures({ onFile, onNothing, onHover }, signal) {
  const on = (name, listener) => window.addEventListener(name, listener, { signal });
  on("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    onHover(true);
  });
  on("dragleave", (event) => event.relatedTarget === null && onHover(false));
  on("drop", (event) => {
    onHover(false);
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
    else onNothing();
  });
  on("paste", (event) => {
    const file = [...event.clipboardData.files].find(({ type }) => type.startsWith("image/"));
    if (file) onFile(file);
  });
}

/**
 * A hidden file input.
 * @param {(file: File) => void} onFile
 * @param {{camera?: boolean}} [options] camera: phones open their own camera instead of the files
 * @returns {HTMLInputElement}
 */
export function fileInput(onFile, { camera = false } = {}) {
  const accept = UPLOAD_TYPES.join();
  const input = h("input", { type: "file", accept, capture: camera && "environment", hidden: true });
  input.addEventListener("change", () => {
    const [file] = input.files;
    if (file) onFile(file);
    input.value = "";
  });
  return input;
}

function carriesFiles({ dataTransfer }) {
  return [...(dataTransfer?.types ?? [])].includes("Files");
}
