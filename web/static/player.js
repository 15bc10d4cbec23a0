// player: the video element and its own controls: playing, speed, volume, full screen, and remembering the place.

import { clock } from "./format.js";
import { kept } from "./memory.js";

const STEPS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 3];
const IDLE_MS = 2600;
const SAVE_MS = 4000;
const FLASH_MS = 800;
const part = (id) => document.getElementById(id);

/** The player around `video` on `stage`; `info` is {id, duration, height}. */
export class Player {
  constructor(video, stage, info) {
    this.video = video;
    this.stage = stage;
    this.info = info;
    this.saved = 0;
    this.listen();
    this.restoreSound();
    this.show();
  }

  get duration() {
    return Number.isFinite(this.video.duration) ? this.video.duration : this.info.duration;
  }

  listen() {
    const on = (names, fn) => names.split(" ").forEach((name) => this.video.addEventListener(name, fn));
    on("play pause ended", () => this.show());
    on("waiting seeking", () => this.stage.classList.toggle("is-waiting", !this.video.paused));
    on("playing canplay seeked pause error", () => this.stage.classList.remove("is-waiting"));
    on("timeupdate", () => this.keepPlace());
    on("loadedmetadata", () => this.begin());
    on("volumechange ratechange", () => this.show());
    on("click", () => (this.touched ? this.wake() : this.toggle()));
    on("dblclick", () => this.full());
    on("pointerdown", (event) => { this.touched = event.pointerType === "touch"; });
    on("error", () => this.fail("The browser gave up on this file. It may be damaged, or its disk went away."));
    addEventListener("pagehide", () => this.keepPlace(true));
    for (const name of ["pointermove", "pointerdown", "keydown", "focusin"]) this.stage.addEventListener(name, () => this.wake());
    this.stage.addEventListener("pointerleave", () => this.rest());
    document.addEventListener("fullscreenchange", () => this.show());
    this.buttons();
    if (this.video.readyState >= 1) this.begin();
    if (this.video.error) this.fail("The browser gave up on this file.");
  }

  buttons() {
    const click = (id, fn) => part(id)?.addEventListener("click", fn);
    // A button that was clicked lets go of the keyboard, so that space plays and pauses again.
    this.stage.addEventListener("click", (event) => event.detail && event.target.closest("button")?.blur());
    click("play", () => this.toggle());
    click("big-play", () => this.toggle());
    click("mute", () => this.mute());
    click("full", () => this.full());
    click("pip", () => this.pip());
    click("restart", () => { this.seek(0); part("resumed").hidden = true; this.play(); });
    click("retry", () => { part("cannot").hidden = true; this.video.load(); });
    part("pip").hidden = !document.pictureInPictureEnabled;
    part("full").hidden = !document.fullscreenEnabled && !this.video.webkitEnterFullscreen;
    part("volume").addEventListener("input", (event) => { this.video.volume = Number(event.target.value); this.video.muted = false; this.keepSound(); });
    part("volume").addEventListener("change", (event) => event.target.blur());
    part("speed").addEventListener("change", (event) => { this.video.playbackRate = Number(event.target.value); event.target.blur(); });
  }

  /** Start at the address's ?t= or #t=, else where this browser stopped last time. */
  begin() {
    if (!this.video.videoWidth && this.info.height) {
      // Some builds play the sound of a codec they cannot show, without an error.
      this.video.pause();
      return this.fail("This browser plays its sound but cannot show its picture.");
    }
    if (this.begun) return undefined;
    this.begun = true;
    const asked = [location.search, location.hash.replace("#", "?")].map((part) => new URLSearchParams(part).get("t")).find((t) => t !== null && Number(t) >= 0);
    const last = Number(kept.get(`at.${this.info.id}`));
    if (asked !== undefined) this.seek(Number(asked));
    else if (last > 10 && last < this.duration * 0.95) this.resume(last);
    this.show();
    return undefined;
  }

  resume(seconds) {
    this.seek(seconds);
    const hint = part("resumed");
    hint.firstElementChild.textContent = `Going on at ${clock(seconds)}`;
    hint.hidden = false;
    this.video.addEventListener("play", () => setTimeout(() => { hint.hidden = true; }, 5000), { once: true });
  }

  keepPlace(now = false) {
    if (!this.begun || (!now && Math.abs(performance.now() - this.saved) < SAVE_MS)) return;
    this.saved = performance.now();
    const at = this.video.currentTime;
    if (at > this.duration * 0.95 || at < 5) kept.forget(`at.${this.info.id}`);
    else kept.set(`at.${this.info.id}`, at.toFixed(1));
  }

  play() { return this.video.play().catch((error) => error.name === "AbortError" || this.show()); }

  toggle() {
    if (this.video.paused || this.video.ended) this.play();
    else this.video.pause();
  }

  seek(seconds) {
    this.video.currentTime = Math.min(Math.max(0, seconds), Math.max(0, this.duration - 0.05));
  }

  skip(seconds) {
    this.seek(this.video.currentTime + seconds);
    this.flash(`${seconds > 0 ? "+" : "−"}${Math.abs(seconds)} s`);
    this.wake();
  }

  frame(way) {
    this.video.pause();
    this.seek(this.video.currentTime + way / 25);
  }

  faster(way) {
    const at = STEPS.findIndex((rate) => rate >= this.video.playbackRate);
    this.video.playbackRate = STEPS[Math.min(STEPS.length - 1, Math.max(0, at + way))];
    this.flash(`${this.video.playbackRate}×`);
  }

  mute() {
    this.video.muted = !this.video.muted;
    this.flash(this.video.muted ? "Muted" : "Sound on");
    this.keepSound();
  }

  keepSound() { kept.set("sound", JSON.stringify({ volume: this.video.volume, muted: this.video.muted })); }

  restoreSound() {
    const { volume = 1, muted = false } = JSON.parse(kept.get("sound") || "{}");
    Object.assign(this.video, { volume, muted });
  }

  full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.stage.requestFullscreen) this.stage.requestFullscreen().catch(() => {});
    else this.video.webkitEnterFullscreen?.();
  }

  pip() {
    if (document.pictureInPictureElement) document.exitPictureInPicture();
    else this.video.requestPictureInPicture().catch(() => {});
  }

  /** Show controls; they rest again when nothing moves while it plays. */
  wake() {
    this.stage.classList.remove("is-idle");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.rest(), IDLE_MS);
  }

  rest() {
    if (!this.video.paused && !this.stage.querySelector(".is-dragging")) this.stage.classList.add("is-idle");
  }

  flash(words) {
    const note = part("flash");
    note.textContent = words;
    note.hidden = false;
    clearTimeout(this.flashing);
    this.flashing = setTimeout(() => { note.hidden = true; }, FLASH_MS);
  }

  fail(words) {
    part("why-not").textContent = words;
    part("cannot").hidden = false;
    part("big-play").hidden = true;
    this.keepPlace(true);
  }

  /** Make the controls say what is. */
  show() {
    const { paused, muted, volume, playbackRate } = this.video;
    const face = (id, symbol, label, key) => {
      part(id).querySelector("use").setAttribute("href", `#i-${symbol}`);
      part(id).setAttribute("aria-label", label);
      part(id).title = `${label} (${key})`;
    };
    this.stage.classList.toggle("is-playing", !paused);
    face("play", paused ? "play" : "pause", paused ? "Play" : "Pause", "space");
    face("mute", muted || !volume ? "muted" : "volume", muted ? "Sound on" : "Mute", "m");
    face("full", document.fullscreenElement ? "smallscreen" : "fullscreen", document.fullscreenElement ? "Leave full screen" : "Full screen", "f");
    part("big-play").hidden = !part("cannot").hidden;
    part("volume").value = muted ? 0 : volume;
    part("speed").value = String(playbackRate);
    part("total").textContent = clock(this.duration);
    if (paused) this.stage.classList.remove("is-idle");
    else this.wake();
  }
}
