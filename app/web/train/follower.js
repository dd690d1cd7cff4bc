/** One sample among the many: ringed while the mouse is over it, followed through the film after a click. */

export class Follower {
  /**
   * @param {import("./stage.js").Stage} stage
   * @param {import("./store.js").Store} store
   * @param {{classLabel: (label: number) => string, moving: () => boolean}} film
   * @param {AbortSignal} signal
   */
  constructor(stage, store, film, signal) {
    this.stage = stage;
    this.store = store;
    this.film = film;
    const heard = (run) => (/** @type {CustomEvent} */ { detail }) => run(detail.index);
    const on = (name, run) => stage.view.addEventListener(name, heard(run), { signal });
    on("hover", (index) => this.look(index));
    on("pick", (index) => this.pick(index));
  }

  /** @param {number} index of a sample, or -1 */
  look(index) {
    if (index < 0) this.mark(null);
    else if (!this.film.moving()) this.mark(index);
  }

  /** @param {number|null} index of the sample to ring */
  mark(index) {
    if (this.stage.mark === index) return;
    this.stage.mark = index;
    this.stage.view.layers.draw();
  }

  /** @param {number} index of a sample, or -1 */
  pick(index) {
    this.follow(index < 0 || index === this.stage.followed?.index ? null : index);
  }

  /** Draws a sample's way through all frames that are there, or no one's. @param {number|null} index */
  follow(index) {
    const { store, stage } = this;
    const seen = [...store.manifest.epochs.keys()].filter((at) => store.frame(at));
    const path = () => seen.map((at) => store.point(at, index));
    const name = () => this.film.classLabel(store.labels[index]);
    stage.followed = index === null ? null : { index, path: path(), name: name() };
    stage.mark = null;
    stage.view.layers.draw();
  }

  /** More frames have come. */
  renew() {
    if (this.stage.followed) this.follow(this.stage.followed.index);
  }
}
