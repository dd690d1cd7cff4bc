/** A live camera with a shutter. The stream ends with the view; nothing is recorded. */

import { h } from "../core/dom.js";

const WANTED = {
  audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 960 } },
};
const REASONS = {
  NotAllowedError: "denied", NotFoundError: "missing", OverconstrainedError: "missing", NotReadableError: "busy",
};

export class CameraView {
  /**
   * @param {(key: string) => string} say
   * @param {{onShot: (file: File) => void, onClose: (held: boolean) => void}} events `held`: the keyboard was in the
   *   view
   */
  constructor(say, { onShot, onClose }) {
    this.onShot = onShot;
    this.onClose = onClose;
    this.stream = null;
    this.closed = false;
    this.video = h("video", { class: "mx-camera-video", playsinline: true, "aria-label": say("upload.camera.live") });
    this.video.muted = true;
    this.shutter = h("button", {
      type: "button", class: "mx-button mx-button-primary", disabled: true, onclick: () => this.shoot(),
    });
    this.shutter.append(say("upload.camera.shoot"));
    this.shutter.title = say("upload.camera.shoot.help");
    const cancel = h("button", { type: "button", class: "mx-button", onclick: () => this.close() },
      say("upload.camera.cancel"));
    cancel.title = say("upload.camera.cancel.help");
    const waiting = h("p", { class: "mx-note" }, say("upload.camera.asking"));
    const frame = h("div", { class: "mx-camera-frame" }, waiting, this.video, h("div", { class: "mx-camera-square" }));
    const actions = h("div", { class: "mx-actions" }, this.shutter, cancel);
    const onkeydown = (event) => event.key === "Escape" && this.close();
    this.root = h("div", { class: "mx-camera", "data-testid": "camera", onkeydown }, frame, actions);
  }

  /** Ask for the camera. @throws {DOMException} when the person or the machine refuses; `reason` names it */
  async open() {
    const stream = await navigator.mediaDevices.getUserMedia(WANTED);
    if (this.closed) return stop(stream);
    this.stream = stream;
    this.video.srcObject = stream;
    await this.video.play();
    if (this.closed) return;
    this.shutter.disabled = false;
    this.shutter.focus({ preventScroll: true });
  }

  async shoot() {
    this.shutter.disabled = true;
    const { videoWidth: width, videoHeight: height } = this.video;
    const canvas = h("canvas", { width, height });
    canvas.getContext("2d").drawImage(this.video, 0, 0);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95));
    if (this.closed) return;
    this.close();
    this.onShot(new File([blob], "camera.jpg", { type: blob.type }));
  }

  close() {
    if (this.closed) return;
    this.closed = true;
    stop(this.stream);
    this.video.srcObject = null;
    const held = this.root.contains(document.activeElement);
    this.root.remove();
    this.onClose(held);
  }
}

/** Whether this page may ask for a camera at all: browsers allow it on https and localhost only. */
export function cameraAllowed() {
  return Boolean(navigator.mediaDevices?.getUserMedia);
}

/** @param {Error} error @returns {string} the key of the sentence that explains it */
export function reason(error) {
  return `upload.camera.${REASONS[error.name] ?? "failed"}`;
}

function stop(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
