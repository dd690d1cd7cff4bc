/** Where one looks from. Views that share a camera turn together. */

/** Event: `change`. */
export class Camera extends EventTarget {
  /** @param {import("./orbit.js").Pose|null} [pose] null: each view looks at its whole box, whatever its size */
  constructor(pose = null) {
    super();
    this.pose = pose;
  }

  /** @param {import("./orbit.js").Pose|null} pose */
  set(pose) {
    this.pose = pose;
    this.dispatchEvent(new Event("change"));
  }

  /**
   * @param {import("./orbit.js").Change} change
   * @param {import("./orbit.js").Pose} whole the pose that stands for null
   */
  turn(change, whole) {
    this.set(change(this.pose ?? whole));
  }
}
