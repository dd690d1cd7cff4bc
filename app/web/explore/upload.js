/** A picture of one's own: in by file, drop, paste or camera, cut to a square, placed on the map. Nothing is kept. */

import { CameraView, cameraAllowed, reason } from "./webcam.js";
import { CropView } from "./crop.js";
import { bringIntoView, h } from "../core/dom.js";
import { fileInput, listenForPictures } from "./intake.js";
import { Landing } from "./landing.js";
import { newestWins } from "../core/newest.js";
import { copyOf, preview } from "./preview.js";
import { UPLOAD_BYTES_MOST } from "../shared/contract.js";

const MEGABYTE = 2 ** 20;
const ALLOWED = { most: UPLOAD_BYTES_MOST / MEGABYTE };
const LIGHT = 2 ** 18; // bytes: a larger file is sent as a copy while the square moves, and as it is when it rests
const PAUSE = 120; // ms between two requests while the square moves
const NEIGHBOURS = 12;
const UNUSABLE = new Set([413, 422]); // the picture is at fault

/** @typedef {{file: File, picture: HTMLCanvasElement|null, light: Blob}} Candidate */

/** The picture on show and its square, by page: they outlive a change of language or model, and nothing else. */
const carried = new WeakMap();

export class UploadPanel {
  /**
   * @param {HTMLElement} root where the panel goes
   * @param {import("./panel_list.js").Context} context
   */
  constructor(root, context) {
    this.context = context;
    this.listening = new AbortController();
    this.requests = newestWins((request) => this.encode(request), PAUSE);
    /** @type {Candidate|null} the picture on show */
    this.current = null;
    /** @type {Candidate|null} the picture on its way: shown once the server has taken it */
    this.coming = null;
    this.answer = null;
    this.build(root);
    this.listen();
    this.clear();
    this.resume();
  }

  /** Open the file chooser. */
  open() {
    this.chooser.click();
  }

  dispose() {
    const anchored = this.context.probe.anchor.kind === "upload" || Boolean(this.moving);
    if (this.current) carried.set(this.context.root, { candidate: this.current, box: this.crop.box, anchored });
    this.listening.abort();
    this.requests.stop();
    this.clear();
    this.curtain.remove();
    this.crop.dispose();
    this.root.remove();
  }

  build(root) {
    const { t } = this.context;
    this.chooser = fileInput((file) => this.take(file));
    this.phoneCamera = fileInput((file) => this.take(file), { camera: true });
    this.chooser.dataset.testid = "upload-file";
    this.crop = new CropView(t, (moving) => this.ask(this.current, moving));
    this.landing = new Landing(this.context, () => this.goThere());
    this.invitation = h("p", { class: "mx-upload-invitation" }, t("upload.empty", ALLOWED));
    this.stage = h("div", { class: "mx-upload-stage" });
    this.unseen = h("p", { class: "mx-note" }, t("upload.unseen"));
    this.status = h("p", { class: "mx-note mx-upload-status", role: "status" });
    this.problem = h("p", { class: "mx-note mx-note-problem", role: "alert", "data-testid": "upload-problem" });
    this.curtain = h("div", { class: "mx-curtain", hidden: true }, h("p", {}, t("upload.drop")));
    const area = h("div", { class: "mx-upload-area" },
      this.invitation, this.stage, this.actions(), this.status, this.problem);
    const title = h("h3", { class: "mx-panel-title" }, t("upload.title"));
    this.root = h("div", { class: "mx-upload", "data-testid": "upload" }, title, area, this.landing.root);
    root.append(this.root);
    this.context.root.append(this.curtain);
  }

  actions() {
    const { t } = this.context;
    const control = (key, onclick) =>
      h("button", { type: "button", class: "mx-button", title: t(`${key}.help`, ALLOWED), onclick }, t(key));
    const choose = control("upload.choose", () => this.open());
    this.toCamera = control("upload.camera", () => this.openCamera());
    this.remove = control("upload.remove", () => this.forget());
    this.buttons = h("div", { class: "mx-actions" },
      choose, this.toCamera, this.remove, this.chooser, this.phoneCamera);
    return this.buttons;
  }

  listen() {
    const events = {
      onFile: (file) => this.take(file),
      onNothing: () => this.complain("upload.no_file"),
      onHover: (over) => (this.curtain.hidden = !over),
    };
    const { signal } = this.listening;
    listenForPictures(events, signal);
    this.context.probe.addEventListener("anchor", () => this.answer && this.recognise(this.answer), { signal });
  }

  /** Take a picture in; the one on show stays until the server has accepted this one. */
  async take(file) {
    this.camera?.close();
    if (file.size > UPLOAD_BYTES_MOST) {
      return this.complain("upload.too_large", { size: (file.size / MEGABYTE).toFixed(1), ...ALLOWED });
    }
    this.explain("", this.context.t("upload.sending", { name: file.name }));
    const candidate = (this.coming = { file, picture: null, light: file });
    candidate.picture = await preview(file);
    if (candidate.picture && file.size > LIGHT) candidate.light = await copyOf(candidate.picture);
    if (candidate === this.coming) this.ask(candidate, false);
  }

  /** @param {Candidate} candidate @param {boolean} moving whether a hand still moves the square */
  ask(candidate, moving) {
    const crop = candidate === this.current && candidate.picture ? this.crop.fractions() : null;
    this.requests.ask({ candidate, crop, file: moving ? candidate.light : candidate.file });
  }

  async encode({ candidate, crop, file }) {
    const wanted = () => candidate === this.coming || candidate === this.current;
    if (!wanted()) return;
    try {
      const { api, card } = this.context;
      const answer = await api.encode(file, crop, Math.min(NEIGHBOURS, card.n));
      if (wanted()) await this.show(candidate, answer);
    } catch (error) {
      if (wanted()) this.refuse(candidate, error);
    }
  }

  async show(candidate, answer) {
    const { overlay } = this.context;
    const arrives = candidate === this.coming;
    const follow = arrives || this.probeIsThere() || this.movesIn();
    if (arrives) {
      this.coming = null;
      this.adopt(candidate, answer);
    }
    await this.landing.show(answer);
    if (arrives) this.context.toPair();
    if (candidate !== this.current) return;
    this.answer = answer;
    this.explain("");
    overlay.setStar(answer.position, { ...answer, name: candidate.file.name });
    if (follow) this.goThere();
    else this.recognise(answer);
    this.moved(true);
  }

  /**
   * The browser and the server may read the orientation of a rare file differently: then no square is drawn, rather
   * than a wrong one.
   */
  adopt(candidate, { width, height }) {
    const { picture } = candidate;
    const alike = picture && Math.abs(picture.width / picture.height / (width / height) - 1) < 0.05;
    if (!alike) candidate.picture = null;
    this.stageOf(candidate);
  }

  stageOf(candidate) {
    this.current = candidate;
    if (candidate.picture) this.crop.show(candidate.picture);
    this.stage.replaceChildren(candidate.picture ? this.crop.root : this.unseen);
    this.root.classList.add("mx-upload-filled");
    this.invitation.hidden = true;
    this.remove.hidden = false;
  }

  /** Go on with the picture that was on show before the language or the model changed. */
  resume() {
    const { candidate, box, anchored } = carried.get(this.context.root) ?? {};
    carried.delete(this.context.root);
    if (!candidate) return;
    this.wasAnchor = anchored;
    this.stageOf(candidate);
    if (candidate.picture) this.crop.place(box);
    this.ask(candidate, false);
  }

  /**
   * In a new model the probe goes where the picture lands, if it had started from there in the old one and nobody moves
   * it before.
   * @returns {Promise<boolean>} whether the probe's place is settled by that
   */
  moveIn() {
    if (!this.wasAnchor) return Promise.resolve(false);
    return new Promise((done) => { this.moving = { done, asked: this.context.probe.asked }; });
  }

  movesIn() {
    return this.moving?.asked === this.context.probe.asked;
  }

  /** @param {boolean} settled */
  moved(settled) {
    this.moving?.done(settled);
    this.moving = null;
  }

  /** The person wants the picture gone, also from beside the probe. */
  forget() {
    this.clear();
    if (this.context.probe.anchor.kind === "upload") this.context.probe.home();
  }

  clear() {
    this.moved(false);
    this.camera?.close();
    this.current = this.coming = this.answer = null;
    this.stage.replaceChildren();
    this.landing.clear();
    this.root.classList.remove("mx-upload-filled");
    this.invitation.hidden = false;
    this.remove.hidden = true;
    this.explain("");
    this.context.overlay.setStar(null);
  }

  goThere() {
    const { latent, mse, picture, reconstruction } = this.answer;
    this.context.probe.goToLatent(latent, "upload", { mse, picture, reconstruction, name: this.current.file.name });
  }

  /**
   * After a reload of the model, or gone back to, the probe knows but the latent from which it had started: here is the
   * picture to it.
   */
  recognise({ latent, mse, picture, reconstruction }) {
    const { probe } = this.context;
    const { anchor } = probe;
    const unknown = anchor.kind === "upload" && !anchor.picture;
    const same = unknown && latent.every((value, at) => Math.abs(value - anchor.latent[at]) < 1e-4);
    if (same) probe.setAnchor({ ...anchor, mse, picture, reconstruction });
  }

  probeIsThere() {
    const { probe } = this.context;
    return probe.anchor.kind === "upload" && probe.atAnchor();
  }

  async openCamera() {
    if (!cameraAllowed()) return this.openPhoneCamera();
    this.explain("");
    const view = new CameraView(this.context.t, {
      onShot: (file) => this.take(file), onClose: (held) => this.closeCamera(held),
    });
    this.camera = view;
    this.buttons.hidden = true;
    this.stage.before(view.root);
    this.stage.hidden = true;
    bringIntoView(view.root, "nearest");
    await view.open().catch((error) => {
      if (view.closed) return;
      view.close();
      this.complain(reason(error));
    });
  }

  /** Over plain http a page may not see the camera, but a phone's own camera may hand it a picture. */
  openPhoneCamera() {
    if (matchMedia("(pointer: coarse)").matches) this.phoneCamera.click();
    else this.complain("upload.camera.insecure");
  }

  /** @param {boolean} held whether the keyboard was in the view: it then goes on where it came from */
  closeCamera(held) {
    this.camera = null;
    this.buttons.hidden = this.stage.hidden = false;
    if (held) this.toCamera.focus({ preventScroll: true });
  }

  refuse(candidate, error) {
    if (candidate === this.coming) this.coming = null;
    this.moved(false);
    if (UNUSABLE.has(error.status)) this.complain("upload.refused", { detail: error.message });
    else if (error.status) this.explain(error.message);
    else this.complain("upload.offline");
  }

  complain(key, values) {
    this.explain(this.context.t(key, values));
  }

  explain(problem, status = "") {
    this.problem.textContent = problem;
    if (problem) bringIntoView(this.problem, "nearest");
    this.status.textContent = status;
  }
}
