// seek: the bar under the picture: loaded and played parts, seeking by pointer and keys, and the picture under the pointer.

import { clock } from "./format.js";
import { frameAt, load, paint } from "./sprites.js";

const PEEK_WIDTH = 208;
const part = (id) => document.getElementById(id);

/** The bar; `player` may be null, then it only looks through the pictures. */
export class SeekBar {
  constructor(root, { duration, player = null }) {
    this.root = root;
    this.player = player;
    this.known = duration;
    this.strip = null;
    this.titleAt = () => "";
    root.addEventListener("pointermove", (event) => this.hover(event));
    root.addEventListener("pointerleave", () => this.dragging || this.hide());
    root.addEventListener("pointerdown", (event) => this.grab(event));
    root.addEventListener("keydown", (event) => this.key(event));
    for (const name of ["pointerup", "pointercancel"]) root.addEventListener(name, (event) => this.drop(event, name === "pointerup"));
    if (player) for (const name of ["timeupdate", "seeking", "progress", "loadedmetadata", "durationchange"]) player.video.addEventListener(name, () => this.draw());
    if (player) this.follow();
  }

  get duration() { return this.player?.duration || this.known || this.strip?.frames.at(-1).start || 0; }

  /** Take the pictures of a contact sheet; without one the bar shows times alone. */
  async pictures(sheet, index) {
    this.strip = sheet ? await load(sheet, index).catch(() => null) : null;
    // Somebody looks already.
    if (!part("peek").hidden) this.peek(this.peeked);
  }

  /** While it plays, move with every frame, not four times a second. */
  follow() {
    const step = () => {
      if (!this.player.video.paused) this.draw();
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  at(event) {
    const box = this.root.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  }

  hover(event) {
    const at = this.at(event);
    part("ahead").style.transform = `scaleX(${at})`;
    this.peek(at);
    if (this.dragging) this.show(at * this.duration);
  }

  grab(event) {
    if (event.button) return;
    this.root.setPointerCapture(event.pointerId);
    this.dragging = true;
    this.root.classList.add("is-dragging");
    this.hover(event);
  }

  drop(event, keep) {
    if (!this.dragging) return;
    this.dragging = false;
    this.root.classList.remove("is-dragging");
    if (keep && this.player) this.player.seek(this.at(event) * this.duration);
    if (event.pointerType === "touch" || !this.root.matches(":hover")) this.hide();
    this.draw();
  }

  hide() {
    part("peek").hidden = true;
    part("look").hidden = true;
    part("ahead").style.transform = "scaleX(0)";
  }

  /** The picture at a place, with the time the pointer is at and the time the picture is from. */
  peek(at) {
    const box = part("peek");
    const seconds = at * this.duration;
    this.peeked = at;
    box.hidden = false;
    const [time, real] = box.querySelector("p").children;
    time.textContent = clock(seconds);
    real.textContent = "";
    box.lastElementChild.textContent = this.titleAt(seconds);
    const picture = box.firstElementChild;
    picture.hidden = !this.strip;
    if (this.strip) real.textContent = this.picture(picture, seconds);
    const half = box.offsetWidth / 2;
    const left = Math.min(this.root.clientWidth - half, Math.max(half, at * this.root.clientWidth));
    box.style.transform = `translateX(${left - half}px)`;
  }

  picture(holder, seconds) {
    const frame = frameAt(this.strip, seconds);
    const width = Math.min(PEEK_WIDTH, Math.round(PEEK_WIDTH * Math.min(1, (frame.w / frame.h) * 0.8)));
    const height = Math.round((width * frame.h) / frame.w);
    holder.style.width = `${width}px`;
    holder.style.height = `${height}px`;
    paint(holder.firstElementChild, this.strip, frame, width, height);
    if (!this.player) this.enlarge(frame);
    return Math.abs(frame.time - seconds) >= 1 ? `picture from ${clock(frame.time)}` : "";
  }

  /** Without a player the stage itself shows the picture. */
  enlarge(frame) {
    const look = part("look");
    look.hidden = false;
    paint(look.firstElementChild, this.strip, frame, look.clientWidth, look.clientHeight, true);
  }

  key(event) {
    const small = this.duration > 120 ? 5 : this.duration / 40;
    const moves = { ArrowLeft: -small, ArrowDown: -small, ArrowRight: small, ArrowUp: small, PageDown: -small * 6, PageUp: small * 6, Home: -Infinity, End: Infinity };
    const by = moves[event.key];
    if (by === undefined) return;
    event.preventDefault();
    this.go(this.now + by);
  }

  /** The time that is shown. */
  get now() { return this.player ? this.player.video.currentTime : (this.looked || 0); }

  /** Go to a time; without a player to its picture. */
  go(seconds) {
    const wanted = Math.min(this.duration, Math.max(0, seconds));
    if (this.player) return this.player.seek(wanted);
    this.looked = wanted;
    this.show(wanted);
    return this.peek(wanted / this.duration);
  }

  draw() {
    if (!this.dragging) this.show(this.player ? this.player.video.currentTime : 0);
    this.drawBuffered();
  }

  show(seconds) {
    const whole = this.duration || 1;
    const at = Math.min(1, seconds / whole);
    part("played").style.transform = `scaleX(${this.player ? at : 0})`;
    part("knob").style.left = `${at * 100}%`;
    if (this.said === Math.floor(seconds)) return;
    this.said = Math.floor(seconds);
    this.root.setAttribute("aria-valuenow", this.said);
    this.root.setAttribute("aria-valuemax", Math.floor(whole));
    this.root.setAttribute("aria-valuetext", `${clock(seconds)} of ${clock(whole)}`);
    const now = part("now");
    if (now) now.textContent = clock(seconds);
  }

  drawBuffered() {
    if (!this.player) return;
    const { buffered } = this.player.video;
    const holder = part("buffered");
    while (holder.childElementCount > buffered.length) holder.lastChild.remove();
    while (holder.childElementCount < buffered.length) holder.append(document.createElement("i"));
    for (let at = 0; at < buffered.length; at += 1) {
      const [from, to] = [buffered.start(at) / this.duration, buffered.end(at) / this.duration];
      holder.children[at].style.transform = `translateX(${from * 100}%) scaleX(${Math.min(1, to) - from})`;
    }
  }
}
