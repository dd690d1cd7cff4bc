/** Links as a teacher wants them. */

/**
 * @param {{origin: string, pathname: string, search: string}} here
 * @param {{lesson: string, language: string, hide: string[], lock: string[], present: boolean}} wanted `lesson` "" for
 *   the page as it stands, `language` "" for the learner's own
 * @returns {string}
 */
export function addressOf({ origin, pathname, search }, { lesson, language, hide, lock, present }) {
  const query = new URLSearchParams(lesson ? { lesson } : search);
  const set = (/** @type {string} */ name, /** @type {string} */ value) => {
    query.delete(name);
    if (value) query.set(name, value);
  };
  set("lang", language);
  set("hide", hide.join(","));
  set("lock", lock.join(","));
  set("present", present ? "1" : "");
  const said = query.toString().replaceAll("%2C", ",");
  return `${origin}${lesson ? "/learn" : pathname}${said && "?"}${said}`;
}

/** @param {string} host @returns {boolean} whether it names the computer itself, which no other can reach by it */
export function isLocal(host) {
  return ["localhost", "127.0.0.1", "[::1]"].includes(host);
}
