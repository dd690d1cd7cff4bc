/** What a learner has answered, kept in this browser. */

const KEY = "mx-answers";

/** @typedef {{choice: string, right: boolean|null}} Answer `right` is null until it has been checked */

/** @returns {Object<string, Answer>} by lesson */
export function answers() {
  try {
    const known = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return known && typeof known === "object" && !Array.isArray(known) ? known : {};
  } catch {
    return {};
  }
}

/** @param {string} id of the lesson @param {Answer|null} answer null: to be answered anew */
export function keepAnswer(id, answer) {
  const known = answers();
  if (answer) known[id] = answer;
  else delete known[id];
  try {
    localStorage.setItem(KEY, JSON.stringify(known));
  } catch {
    // a browser that keeps nothing: the lesson goes on without
  }
}
