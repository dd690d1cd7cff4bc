/** How the state of a training, a time and a share are said. */

import { RUN_STATE } from "../shared/contract.js";

/**
 * @param {import("./watch.js").Entry} entry
 * @returns {string} the state as it is felt: "starting" until the first step is done
 */
export function feltState({ state, stopping, step, epoch }) {
  if (state !== RUN_STATE.RUNNING) return state;
  return stopping ? "stopping" : step === 0 && epoch === 0 ? "starting" : "running";
}

/**
 * The state in the list: a student finds their own by it.
 * @param {import("./watch.js").Entry} entry @param {(key: string, values?: object) => string} t
 */
export function listedWords(entry, t) {
  const state = stateWords(entry, t);
  return entry.mine ? t("run.yours", { state }) : state;
}

/** @param {import("./watch.js").Entry} entry @param {(key: string, values?: object) => string} t */
export function stateWords(entry, t) {
  const { state, place } = entry;
  if (state === RUN_STATE.QUEUED) return place === 1 ? t("run.state.next") : t("run.state.place", { place });
  return t(`run.state.${feltState(entry)}`);
}

/** @param {import("./watch.js").Entry} entry how much of the training is done, 0 to 1 */
export function shareDone({ state, epoch, epochs, step, steps }) {
  if (!epochs) return 0;
  const begun = state === RUN_STATE.RUNNING && steps > 0 && step < steps ? step / steps : 0;
  return Math.min(1, (epoch + begun) / epochs);
}

/** @param {number} seconds @param {(key: string, values: object) => string} t */
export function duration(seconds, t) {
  const whole = Math.round(seconds);
  if (whole < 90) return t("time.seconds", { s: whole });
  if (whole < 3600) return t("time.minutes", { m: Math.round(whole / 60) });
  return t("time.hours", { h: Math.floor(whole / 3600), m: Math.floor((whole % 3600) / 60) });
}

/** @param {number} count @returns {string} bytes as people read them */
export function bytes(count) {
  return count >= 1e9 ? `${(count / 1e9).toFixed(1)} GB` : `${Math.round(count / 1e6)} MB`;
}
