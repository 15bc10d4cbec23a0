// search: the Search page: results while one types, conditions as chips, saved searches, and the keys to walk through.

import { show } from "./dialogs.js";
import { api, fragment } from "./http.js";
import { bind } from "./keys.js";
import { coalesce, on } from "./live.js";
import { complain, toast } from "./toasts.js";

const TYPING_MS = 180;
const EVENT_MS = 3000;
const found = document.getElementById("found");
const box = document.getElementById("search");
const told = document.getElementById("told");
let running = null;
let timer = 0;

const address = (words, more = {}) => `/search?${new URLSearchParams({ ...(words ? { q: words } : {}), ...more })}`.replace(/\?$/, "");

/** Fetch and show what is asked for in the box; an earlier question that is still on its way is given up. */
async function ask({ typing = false, quiet = false } = {}) {
  clearTimeout(timer);
  running?.abort();
  const mine = (running = new AbortController());
  const words = box.value.trim();
  found.classList.add("is-loading");
  found.setAttribute("aria-busy", "true");
  try {
    const parts = await fragment(address(words, { fragment: "results", ...(typing ? { typing: "1" } : {}) }), { signal: mine.signal });
    const focused = found.contains(document.activeElement) && document.activeElement.getAttribute("href");
    found.replaceChildren(parts);
    if (focused) found.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    dress();
    document.title = `${words ? `${words} – ` : ""}Search · vidwatchd`;
    if (!quiet) told.textContent = document.getElementById("tally")?.textContent || (words ? "Nothing found" : "");
  } catch (error) {
    if (error.name !== "AbortError" && !quiet) failed(error);
  } finally {
    if (running === mine) {
      running = null;
      found.classList.remove("is-loading");
      found.removeAttribute("aria-busy");
    }
  }
}

function failed(error) {
  const note = document.getElementById("failed-template").content.cloneNode(true);
  note.querySelector("[data-slot=why]").textContent = [error.message, error.hint].filter(Boolean).join(". ");
  found.replaceChildren(note);
}

function typed() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    history.replaceState(null, "", address(box.value.trim()));
    ask({ typing: true });
  }, TYPING_MS);
}

function go(words) {
  box.value = words;
  history.pushState(null, "", address(words.trim()));
  return ask();
}

/** Paint the tile of each moment when it comes near the screen: a sheet is large. */
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    const { sheet, x, y, w, h } = target.dataset;
    const tile = document.createElement("i");
    const scale = Math.max(target.clientWidth / w, target.clientHeight / h);
    Object.assign(tile.style, {
      width: `${w}px`,
      height: `${h}px`,
      backgroundImage: `url("${sheet}")`,
      backgroundPosition: `${-x}px ${-y}px`,
      transform: `scale(${scale}) translate(-50%, -50%)`,
    });
    target.prepend(tile);
  }
}, { rootMargin: "300px" });

function dress() {
  for (const shot of found.querySelectorAll(".shot[data-sheet]:not([data-ready])")) {
    shot.dataset.ready = "";
    near.observe(shot);
  }
}

async function further(link) {
  link.setAttribute("aria-busy", "true");
  const url = new URL(link.href);
  url.searchParams.set("fragment", "results");
  const parts = await fragment(url.pathname + url.search);
  if (!link.isConnected) return;
  const fresh = [...parts.querySelectorAll("#hits > .hit")];
  document.getElementById("hits").append(...fresh);
  const next = parts.getElementById("further");
  document.getElementById("further").replaceWith(...(next ? [next] : []));
  dress();
  fresh[0]?.querySelector("[data-moment]")?.focus({ preventScroll: true });
}

const DEEDS = {
  again: () => ask(),
  further,
  save: () => {
    const dialog = document.getElementById("save");
    dialog.querySelector("[name=name]").value = box.value.trim().slice(0, 80);
    show(dialog);
    dialog.querySelector("[name=name]").select();
  },
  async forget(button) {
    await api(`/api/searches?${new URLSearchParams({ name: button.dataset.name })}`, { method: "DELETE" });
    await ask({ quiet: true });
    toast(`“${button.dataset.name}” is forgotten`);
  },
};

function clicked(event) {
  const offer = event.target.closest("[data-offer]");
  if (offer) {
    box.value = `${box.value.trim()} ${offer.dataset.offer}`.trim();
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
    if (!offer.dataset.offer.endsWith(":")) go(box.value);
    return;
  }
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey);
  const button = event.target.closest("[data-do]");
  if (button && plain) {
    event.preventDefault();
    Promise.resolve(DEEDS[button.dataset.do](button)).catch(complain);
    return;
  }
  const link = event.target.closest('a[href^="/search"]');
  if (link && plain) {
    event.preventDefault();
    go(new URL(link.href).searchParams.get("q") || "");
  }
}

async function saved() {
  const dialog = document.getElementById("save");
  if (dialog.returnValue !== "save") return;
  const name = dialog.querySelector("[name=name]").value.trim();
  try {
    await api("/api/searches", { body: { name, query: box.value.trim() } });
    await ask({ quiet: true });
    toast(`Saved as “${name}”`);
  } catch (error) {
    complain(error);
  }
}

/** One moment on or back; from the box into the list, and from its top back into the box. */
function step(by) {
  return () => {
    const all = [...found.querySelectorAll("[data-moment]")];
    const at = all.indexOf(document.activeElement);
    if (!all.length) return false;
    if (at === 0 && by < 0) box.focus();
    else all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, at + by)].focus();
    document.activeElement.scrollIntoView({ block: "nearest" });
    return true;
  };
}

box.form.addEventListener("submit", (event) => { event.preventDefault(); go(box.value); });
box.addEventListener("input", typed);
box.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" && step(1)()) event.preventDefault();
});
found.addEventListener("click", clicked);
document.getElementById("save").addEventListener("close", saved);
addEventListener("popstate", () => { box.value = new URLSearchParams(location.search).get("q") || ""; ask(); });
bind({ j: step(1), k: step(-1), ArrowDown: step(1), ArrowUp: step(-1) });
on("searches", coalesce(EVENT_MS, () => ask({ quiet: true })));
if (!box.value) box.focus();
dress();
