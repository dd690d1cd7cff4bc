/** What a learner has done in the exercise, kept in this browser. */

const KEY = "mx-exercise";
const LONGEST = 4000; // characters of an answer

/**
 * @typedef {object} Work
 * @property {string} step the one that is open
 * @property {string|null} dataset
 * @property {string|null} run name of the training with the squared error, or with whatever n the learner began with
 * @property {string|null} other name of that with the other n
 * @property {string|null} guess class that is expected to separate best
 * @property {string} learner name for the report
 * @property {Object<string, string>} answers by step
 */

/** @returns {Work} */
export function readWork() {
  const known = read();
  const text = (name) => (typeof known[name] === "string" ? known[name].slice(0, LONGEST) : null);
  const answers = known.answers && typeof known.answers === "object" ? Object.entries(known.answers) : [];
  return {
    step: text("step") ?? "", dataset: text("dataset"), run: text("run"), other: text("other"), guess: text("guess"),
    learner: text("learner") ?? "",
    answers: Object.fromEntries(answers.map(([step, answer]) => [step, String(answer).slice(0, LONGEST)])),
  };
}

/** @param {Work} work */
export function keepWork(work) {
  try {
    localStorage.setItem(KEY, JSON.stringify(work));
  } catch {
    // a browser that keeps nothing: the exercise goes on until the page is closed
  }
}

/** @returns {Object<string, *>} */
function read() {
  try {
    const known = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return known && typeof known === "object" ? known : {};
  } catch {
    return {};
  }
}
