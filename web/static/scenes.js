// scenes: where the film cuts: ticks on the bar, a strip of pictures, and going from one scene to the next.

import { colour, keepDrawn } from "./canvas.js";
import { clock, many } from "./format.js";
import { api } from "./http.js";
import { frameWithin, paint } from "./sprites.js";

const TICK = 2;
const TICKS_APART = 4;
// "Back" within the first moments of a scene means the scene before, as on every player of music.
const FRESH_SECONDS = 1.5;
const part = (id) => document.getElementById(id);

/** The scenes of one film; `seek` is the bar, which knows the time and can go to another. */
export class Scenes {
  constructor(panel, seek) {
    this.panel = panel;
    this.seek = seek;
    this.list = [];
    this.strip = part("scenes-strip");
    const ticks = part("ticks");
    this.redraw = ticks ? keepDrawn(ticks, (context, width, height) => drawTicks(context, { width, height, starts: this.starts, fill: colour(ticks, "--tick") })) : () => {};
    this.sight = new IntersectionObserver((entries) => entries.forEach((entry) => entry.isIntersecting && this.picture(entry.target)), { root: this.strip, rootMargin: "0px 400px" });
    this.strip.addEventListener("click", (event) => this.clicked(event));
    part("scenes-all").addEventListener("click", () => this.spread());
    seek?.player?.video.addEventListener("timeupdate", () => this.follow());
    seek?.player?.video.addEventListener("durationchange", () => this.redraw());
  }

  /** Where each scene but the first begins, 0 to 1. */
  get starts() {
    const whole = this.seek?.duration || 0;
    return whole ? this.list.slice(1).map((scene) => scene.start / whole) : [];
  }

  /** Take a scenes file. */
  async load(url) {
    this.panel.hidden = !url;
    if (!url) return this.take([], "");
    const found = await api(url).catch(() => null);
    return this.take(found ? read(found) : [], found ? "" : "They could not be read.");
  }

  take(list, problem) {
    this.list = list;
    this.now = -1;
    part("scenes-count").textContent = problem || (list.length > 1 ? many(list.length, "scene") : "No cut was found: it is one scene.");
    part("scenes-all").hidden = list.length < 2;
    const ticks = part("ticks");
    if (ticks) ticks.hidden = list.length < 2;
    this.strip.replaceChildren(...list.map(tile));
    this.redraw();
    this.paint();
    this.follow();
  }

  /** The contact sheet came or changed. */
  paint() {
    this.sight.disconnect();
    for (const tile of this.strip.children) this.sight.observe(tile);
  }

  picture(tile) {
    this.sight.unobserve(tile);
    const sheet = this.seek?.strip;
    const holder = tile.querySelector(".scene-picture");
    const scene = this.list[[...this.strip.children].indexOf(tile)];
    if (sheet && scene) paint(holder.firstElementChild, sheet, frameWithin(sheet, scene.start, scene.end), holder.clientWidth, holder.clientHeight);
  }

  clicked(event) {
    const button = event.target.closest("[data-at]");
    if (button) this.seek?.go(Number(button.dataset.at));
  }

  spread() {
    const all = this.panel.classList.toggle("is-spread");
    part("scenes-all").setAttribute("aria-expanded", all);
    part("scenes-all").textContent = all ? "Show as a strip" : "Show all";
  }

  at(seconds) {
    return this.list.findLastIndex((scene) => scene.start <= seconds + 0.05);
  }

  /** Go to the next scene (1), or to this one's beginning and then to the one before (-1). Says whether there is one. */
  step(way) {
    if (!this.list.length || !this.seek) return false;
    const now = this.seek.now;
    const here = this.at(now);
    const wanted = way > 0 ? here + 1 : now - (this.list[here]?.start ?? 0) > FRESH_SECONDS ? here : here - 1;
    const scene = this.list[Math.max(0, wanted)];
    if (!scene) return false;
    this.seek.go(scene.start);
    this.seek.player?.flash(`Scene ${Math.max(0, wanted) + 1} of ${this.list.length}`);
    this.follow(scene.start);
    return true;
  }

  /** Mark the scene that is shown, and keep it in sight within the strip. */
  follow(seconds = this.seek?.now ?? 0) {
    const now = this.at(seconds);
    if (now === this.now) return;
    this.strip.children[this.now]?.firstElementChild.removeAttribute("aria-current");
    this.now = now;
    const tile = this.strip.children[now];
    tile?.firstElementChild.setAttribute("aria-current", "true");
    if (tile && !this.strip.matches(":hover, :focus-within")) this.strip.scrollTo({ left: tile.offsetLeft - this.strip.clientWidth / 3, top: tile.offsetTop - this.strip.clientHeight / 3 });
  }
}

/** [{start, end}] in order; a file that only knows its cuts says as much. */
function read({ scenes, markers, duration_seconds: whole }) {
  if (scenes?.length) return scenes.filter((scene) => scene.end > scene.start);
  const cuts = [0, ...(markers || []).map((marker) => marker.time).filter((time) => time > 0)];
  return cuts.map((start, at) => ({ start, end: cuts[at + 1] ?? whole ?? start }));
}

function tile({ start, end }, at) {
  const item = document.createElement("li");
  const button = item.appendChild(document.createElement("button"));
  Object.assign(button, { type: "button", className: "scene" });
  button.dataset.at = start;
  button.setAttribute("aria-label", `Scene ${at + 1}, at ${clock(start)}`);
  const picture = button.appendChild(document.createElement("span"));
  picture.className = "scene-picture";
  picture.append(document.createElement("i"));
  const words = button.appendChild(document.createElement("span"));
  words.className = "scene-words";
  words.appendChild(document.createElement("b")).textContent = clock(start);
  words.appendChild(document.createElement("small")).textContent = end - start < 10 ? `${(end - start).toFixed(1)} s` : `${Math.round(end - start)} s`;
  return item;
}

/** A film of a thousand cuts is no solid line: ticks keep their distance. */
function drawTicks(context, { width, height, starts, fill }) {
  context.fillStyle = fill;
  let last = -TICKS_APART;
  for (const start of starts) {
    const x = Math.round(start * width) - TICK / 2;
    if (x - last < TICKS_APART) continue;
    context.fillRect(x, 0, TICK, height);
    last = x;
  }
}
