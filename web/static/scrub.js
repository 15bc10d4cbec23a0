// scrub: looking through a card: the pointer, a finger or the arrow keys move over the video's contact sheet.

import { clock } from "./format.js";
import { frameAt, load, paint } from "./sprites.js";

const PREFETCH_MS = 60;
const KEY_STEPS = 24;

/** Make every card in `grid` look-through-able, now and later. */
export function start(grid) {
  const state = { card: null, timer: 0, finger: null };
  grid.addEventListener("pointermove", (event) => event.pointerType !== "touch" && hover(state, event));
  grid.addEventListener("pointerleave", () => leave(state));
  grid.addEventListener("pointerdown", (event) => { state.finger = event.pointerType === "touch" ? { x: event.clientX, moved: false } : null; });
  grid.addEventListener("pointermove", (event) => event.pointerType === "touch" && drag(state, event));
  grid.addEventListener("pointercancel", () => leave(state));
  grid.addEventListener("pointerup", (event) => event.pointerType === "touch" && setTimeout(() => leave(state), 600));
  grid.addEventListener("click", (event) => {
    if (state.finger?.moved) event.preventDefault();
    state.finger = null;
  }, true);
  grid.addEventListener("keydown", (event) => arrow(state, event));
  grid.addEventListener("focusout", () => leave(state));
}

function part(card, event) {
  const box = card.querySelector(".picture").getBoundingClientRect();
  if (event.clientY < box.top || event.clientY > box.bottom) return null;
  return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
}

function hover(state, event) {
  const card = event.target.closest(".card[data-sheet]");
  if (card !== state.card) enter(state, card);
  if (!card) return;
  const at = event.target.closest(".pick") ? null : part(card, event);
  if (at === null) clear(card);
  else look(card, at);
}

function drag(state, event) {
  const card = event.target.closest(".card[data-sheet]");
  if (!card || !state.finger || Math.abs(event.clientX - state.finger.x) < 8) return;
  state.finger.moved = true;
  if (card !== state.card) enter(state, card);
  look(card, part(card, event) ?? 0.5);
}

function arrow(state, event) {
  const card = event.target.closest(".card[data-sheet]");
  const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!card || !way || !event.target.matches(".open")) return;
  event.preventDefault();
  if (card !== state.card) enter(state, card);
  const now = Number(card.dataset.at ?? (way > 0 ? -1 / KEY_STEPS : 0));
  look(card, Math.min(1, Math.max(0, now + way / KEY_STEPS)));
}

function enter(state, card) {
  leave(state);
  state.card = card;
}

function leave(state) {
  clearTimeout(state.timer);
  if (state.card) clear(state.card);
  state.card = null;
}

function clear(card) {
  delete card.dataset.at;
  card.querySelector(".scrub")?.remove();
}

async function look(card, at) {
  const already = card.dataset.at !== undefined;
  card.dataset.at = at;
  // A pointer that only crosses a card on its way asks for nothing.
  if (!already) await new Promise((resolve) => setTimeout(resolve, PREFETCH_MS));
  if (card.dataset.at === undefined) return;
  const strip = await load(card.dataset.sheet, card.dataset.index).catch(() => null);
  if (strip && card.dataset.at !== undefined) draw(card, strip, Number(card.dataset.at));
}

function draw(card, strip, at) {
  const picture = card.querySelector(".picture");
  const last = strip.frames[strip.frames.length - 1];
  const seconds = at * (Number(card.dataset.duration) || last.start);
  const overlay = picture.querySelector(".scrub") || build(picture);
  const [tile, line, label] = overlay.children;
  paint(tile, strip, frameAt(strip, seconds), picture.clientWidth, picture.clientHeight, card.classList.contains("is-upright"));
  line.style.transform = `scaleX(${at})`;
  label.textContent = clock(seconds);
}

function build(picture) {
  const overlay = document.createElement("div");
  overlay.className = "scrub";
  overlay.dataset.client = "";
  overlay.append(document.createElement("i"), document.createElement("b"), document.createElement("span"));
  overlay.lastChild.className = "badge";
  picture.append(overlay);
  return overlay;
}
