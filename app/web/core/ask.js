/** Questions to the server, and refusals as errors with its own sentence. */

/** A refusal from the server, or no answer at all (`status` 0). */
export class ApiError extends Error {
  /**
   * @param {string} title @param {string} detail a sentence @param {number} status
   * @param {string} [id] the sentence's name
   */
  constructor(title, detail, status = 0, id = "") {
    super(detail || title);
    this.name = "ApiError";
    this.title = title;
    this.detail = detail;
    this.status = status;
    this.id = id;
  }
}

/** @param {object} body @returns {RequestInit} */
export function posted(body) {
  return { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
}

/** @param {Uint8Array<ArrayBuffer>} body @returns {RequestInit} */
export function bytes(body) {
  return { method: "POST", body, headers: { "Content-Type": "application/octet-stream" } };
}

/** @param {string} url @param {RequestInit} [options] */
export async function json(url, options) {
  return (await ask(url, options)).json();
}

/**
 * The sentences of a refusal come in the page's language.
 * @param {string} url @param {RequestInit} [options] @returns {Promise<Response>} @throws {ApiError}
 */
export async function ask(url, options = {}) {
  const headers = { "Accept-Language": document.documentElement.lang, ...options.headers };
  const response = await fetch(url, { ...options, headers }).catch((cause) => {
    throw new ApiError("offline", String(cause.message ?? cause));
  });
  if (response.ok) return response;
  const told = await response.json().catch(() => ({}));
  throw new ApiError(
    told.title ?? response.statusText, told.detail ?? `HTTP ${response.status}`, response.status, told.id,
  );
}
