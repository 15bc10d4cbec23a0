// preview: a pointer that rests on a card, or the keyboard's focus, plays its short silent clip: one at a time, and
// only where motion and data are welcome. A moving pointer looks through the contact sheet instead.

const REST_MS = 800;
// A hand that rests still trembles.
const TREMBLE = 4;

/** Make every card in `grid` that has a clip play it, now and later. */
export function start(grid) {
  const state = { card: null, video: null, timer: 0, x: 0, y: 0, focused: false };
  grid.addEventListener("pointermove", (event) => event.pointerType !== "touch" && move(state, event));
  grid.addEventListener("pointerleave", () => state.focused || stop(state));
  grid.addEventListener("focusin", (event) => event.target.matches(".open:focus-visible") && rest(state, cardOf(event), true));
  grid.addEventListener("focusout", () => stop(state));
  grid.addEventListener("keydown", (event) => event.key.startsWith("Arrow") && stop(state));
  addEventListener("scroll", () => (state.focused && state.card ? rest(state, state.card, true) : stop(state)), { passive: true });
  addEventListener("pagehide", () => stop(state));
  document.addEventListener("visibilitychange", () => stop(state));
}

const cardOf = (event) => event.target.closest(".card[data-preview]");

/** Somebody who asked for less motion, or for less data, gets none. */
function unwanted() {
  const asks = (what) => matchMedia(`(${what}: reduce)`).matches;
  return asks("prefers-reduced-motion") || asks("prefers-reduced-data") || Boolean(navigator.connection?.saveData);
}

function move(state, event) {
  const card = event.target.closest(".pick") ? null : onPicture(cardOf(event), event);
  if (card === state.card && Math.hypot(event.clientX - state.x, event.clientY - state.y) < TREMBLE) return;
  Object.assign(state, { x: event.clientX, y: event.clientY });
  rest(state, card, false);
}

function onPicture(card, event) {
  const box = card?.querySelector(".picture").getBoundingClientRect();
  return box && event.clientY >= box.top && event.clientY <= box.bottom ? card : null;
}

function rest(state, card, focused) {
  stop(state);
  if (!card || unwanted()) return;
  Object.assign(state, { card, focused, timer: setTimeout(() => play(state), REST_MS) });
}

function play(state) {
  const video = document.createElement("video");
  Object.assign(video, { className: "clip", muted: true, loop: true, playsInline: true, tabIndex: -1, disableRemotePlayback: true });
  video.setAttribute("aria-hidden", "true");
  video.dataset.client = "";
  video.addEventListener("playing", () => video.classList.add("is-playing"), { once: true });
  // A clip that is not there, or that this browser cannot play, changes nothing.
  video.addEventListener("error", () => video.remove());
  video.src = state.card.dataset.preview;
  state.card.querySelector(".picture").append(video);
  state.video = video;
  video.play().catch(() => {});
}

function stop(state) {
  clearTimeout(state.timer);
  if (state.video) {
    state.video.remove();
    // Lets go of the connection, which a page has only six of.
    state.video.removeAttribute("src");
    state.video.load();
  }
  Object.assign(state, { card: null, video: null, focused: false });
}
