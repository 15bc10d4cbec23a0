// cards: keeps the grid true: more of it while scrolling, its place on Back, and what the daemon's events change.

import { fragment } from "./http.js";
import { coalesce, on } from "./live.js";
import { children, morph } from "./morph.js";
import { tab } from "./memory.js";
import { complain } from "./toasts.js";
import { inTurn } from "./turns.js";

const EVENT_MS = 300;
const CHUNK = 100;
const MOST_AT_ONCE = 300;
const FRESH_MS = 600;
const SETTLE_TRIES = 6;
export const grid = () => document.getElementById("grid");
export const cards = () => [...document.querySelectorAll("#grid > .card")];

let reload = () => {};
let growing = null;
// The whole list being fetched anew, and how often it was.
let laying = Promise.resolve();
let laid = 0;

/** Fetch the next page when its place comes near; `observed` anew after each change of the grid. */
const sight = new IntersectionObserver((entries) => {
  if (entries.some((entry) => entry.isIntersecting)) grow();
}, { rootMargin: "1200px 0px" });

function watchEnd() {
  sight.disconnect();
  const more = document.getElementById("more");
  if (more) sight.observe(more);
}

/** Append the next page of cards. One at a time. */
export function grow() {
  growing ??= append().catch(failedToGrow).finally(() => { growing = null; });
  return growing;
}

async function append() {
  const more = document.getElementById("more");
  if (!more) return;
  const parts = await fragment(more.dataset.next);
  if (!more.isConnected) return;
  for (const card of [...parts.querySelectorAll(".card")]) if (document.getElementById(card.id)) card.remove();
  more.replaceWith(parts);
  watchEnd();
}

function failedToGrow(error) {
  complain(error);
  sight.disconnect();
}

/** Lay fresh markup of single cards over the shown ones, put new ones on top, take away what is no more. */
async function refresh(ids, why) {
  const fresh = [];
  for (let at = 0; at < ids.length; at += CHUNK) {
    const part = ids.slice(at, at + CHUNK);
    const parts = await single(part);
    const found = new Map([...parts.querySelectorAll(".card")].map((card) => [card.id, card]));
    for (const id of part) place(`v${id}`, found.get(`v${id}`), why, fresh);
  }
  if (fresh.length) arrive(fresh);
}

/** Cards as they are now: neither from before the list that is on its way, nor from before the one that came meanwhile. */
async function single(ids) {
  for (;;) {
    for (let seen = null; seen !== laying;) await (seen = laying);
    const was = laid;
    const parts = await fragment(`/fragments/cards?ids=${ids.join(",")}`);
    if (was === laid) return parts;
  }
}

function place(key, wanted, why, fresh) {
  const shown = document.getElementById(key);
  if (shown && wanted) morph(shown, wanted);
  else if (shown) shown.remove();
  else if (wanted && why.has("added") && grid()?.dataset.live === "top") fresh.push(wanted);
}

function arrive(fresh) {
  fresh.sort((one, other) => Number(other.dataset.id) - Number(one.dataset.id));
  for (const card of fresh) card.classList.add("is-fresh");
  grid().prepend(...fresh);
  setTimeout(() => fresh.forEach((card) => card.classList.remove("is-fresh")), FRESH_MS);
}

const apply = inTurn(async (batch) => {
  await growing;
  const why = new Set(batch.map((event) => event.why));
  const all = [...new Set(batch.flatMap((event) => event.ids || []))];
  if (!grid()) return why.has("added") ? reload() : undefined;
  const takesNew = why.has("added") && grid().dataset.live === "top";
  const ids = takesNew ? all : all.filter((id) => document.getElementById(`v${id}`));
  if (ids.length) await refresh(ids, why).catch(() => {});
});

/** Everything may have changed: new cards on top, and each shown one asked for again. */
const applyAll = inTurn(async () => {
  const shown = cards();
  if (shown.length <= MOST_AT_ONCE) return reload();
  return refresh(shown.map((card) => card.dataset.id), new Set()).catch(() => {});
});

/** Remember where the list stands, so that Back finds it even when the browser forgot the page. */
function keepPlace() {
  const shown = cards();
  if (!shown.length) return;
  const anchor = shown.find((card) => card.getBoundingClientRect().bottom > 80) || shown[0];
  const top = Math.round(anchor.getBoundingClientRect().top);
  tab.set("place", JSON.stringify({ url: location.pathname + location.search, count: shown.length, anchor: anchor.id, top }));
}

/** Go back to the remembered place: load as much as there was, then put the same card at the same height. */
async function findPlace() {
  const [entry] = performance.getEntriesByType("navigation");
  const place = JSON.parse(tab.get("place") || "null");
  if (!place || !["back_forward", "reload"].includes(entry?.type) || place.url !== location.pathname + location.search) return;
  for (let tries = 0; tries < 50 && cards().length < place.count && document.getElementById("more"); tries += 1) await grow();
  // More than once: heights of cards that were never on the screen are guesses until they are drawn.
  for (let tries = 0; tries < SETTLE_TRIES; tries += 1) {
    const anchor = document.getElementById(place.anchor);
    const off = anchor ? anchor.getBoundingClientRect().top - place.top : 0;
    if (Math.abs(off) >= 1) scrollBy({ top: off, behavior: "instant" });
    await new Promise(requestAnimationFrame);
  }
}

/** The list a video is opened from, for next and previous while watching. */
export function rememberList() {
  const next = document.getElementById("more")?.dataset.next || "";
  tab.set("list", JSON.stringify({ ids: cards().map((card) => Number(card.dataset.id)), next: next.replace(/^\/?\?/, "?"), url: location.pathname + location.search }));
}

/** A picture that cannot be fetched, its disk being away, leaves its place empty; it is asked for again when a folder changes. */
function keepPictures() {
  const lost = (image) => image.closest?.(".picture") && image.classList.add("is-lost");
  document.addEventListener("error", (event) => lost(event.target), true);
  document.addEventListener("load", (event) => event.target.classList?.remove("is-lost"), true);
  for (const image of document.querySelectorAll("#grid .picture img")) if (image.complete && !image.naturalWidth && image.currentSrc) lost(image);
  on("library", coalesce(EVENT_MS, () => {
    for (const image of document.querySelectorAll("#grid img.is-lost")) {
      image.classList.remove("is-lost");
      image.src = image.getAttribute("src");
    }
  }));
}

/** Start; `again` fetches the whole list anew. */
export function start(again) {
  reload = again;
  // The browser's own way would scroll before the further pages are there, and once more after.
  history.scrollRestoration = "manual";
  watchEnd();
  keepPictures();
  on("video", coalesce(EVENT_MS, apply));
  on("videos", coalesce(EVENT_MS, applyAll));
  on("reset", coalesce(EVENT_MS, applyAll));
  addEventListener("pagehide", keepPlace);
  return findPlace();
}

/** Say that a new list is being fetched; resolves with it. */
export function during(load) {
  laying = load;
  return load;
}

/** Put a new list in place of the shown one. */
export function replace(results, fresh) {
  laid += 1;
  children(results, fresh);
  watchEnd();
}
