/** One request in flight, and the newest one wins. */

/**
 * Wrap an asynchronous job so that it runs for the newest argument only: never two runs at once,
 * never two starts within `pause` ms; an argument that is overtaken while it waits is dropped.
 * @template T
 * @param {(argument: T) => Promise<void>} job handles its own errors
 * @param {number} [pause] milliseconds between two starts
 * @returns {{ask: (argument: T) => void, stop: () => void}}
 */
export function newestWins(job, pause = 0) {
  let waiting = [];
  let busy = false;
  let stopped = false;

  async function run() {
    busy = true;
    try {
      while (waiting.length && !stopped) {
        const argument = waiting.pop();
        const earliest = performance.now() + pause;
        waiting = [];
        await job(argument);
        await sleep(earliest - performance.now());
      }
    } finally {
      busy = false;
    }
  }

  return {
    ask(argument) {
      waiting = [argument];
      if (!busy && !stopped) run();
    },
    stop() {
      stopped = true;
    },
  };
}

function sleep(milliseconds) {
  return milliseconds > 0 ? new Promise((wake) => setTimeout(wake, milliseconds)) : undefined;
}
