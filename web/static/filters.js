// filters: search box, pills and order are one form; a change asks for new results and keeps the address in step.

import { during, replace } from "./cards.js";
import { fragment } from "./http.js";
import { kept } from "./memory.js";
import { morph } from "./morph.js";
import { editorFor } from "./tags.js";
import { complain } from "./toasts.js";
import { alone } from "./turns.js";

const TYPING_MS = 220;
const PAGE = 60;
const MOST = 300;
const form = document.getElementById("filters");
const results = document.getElementById("results");
const editors = new WeakMap();
let running = null;
let timer = 0;

function address() {
  const query = new URLSearchParams();
  for (const [key, value] of new FormData(form)) {
    if (value && !(key === "sort" && value === "-added") && !query.has(key)) query.set(key, value);
  }
  return query.size ? `/?${query}` : "/";
}

/** Fetch and lay in the results of `url`. */
export const load = (url, options) => during(lay(url, options));

async function lay(url, { quiet = false } = {}) {
  running?.abort();
  const mine = (running = new AbortController());
  if (!quiet) document.getElementById("grid")?.classList.add("is-loading");
  try {
    const parts = await fragment(url + (url.includes("?") ? "&" : "?") + "fragment=results", { signal: mine.signal });
    replace(results, parts);
    settle();
    if (!quiet) document.getElementById("told").textContent = results.querySelector(".card") ? "Results shown" : "Nothing matches";
  } catch (error) {
    document.getElementById("grid")?.classList.remove("is-loading");
    complain(error);
  } finally {
    if (running === mine) running = null;
  }
}

/** Fetch what is shown again, as much of it as there is, without a word. */
export function reload() {
  const shown = Math.min(MOST, document.querySelectorAll("#grid > .card").length);
  const url = location.pathname + location.search;
  return load(shown > PAGE ? `${url}${url.includes("?") ? "&" : "?"}limit=${shown}` : url, { quiet: true });
}

/** Fetch the heading and its banners again; the whole page where there is no list yet. */
export const reloadHead = alone(async () => {
  const head = document.getElementById("head");
  if (!head || !document.getElementById("grid")) return reload();
  const parts = await fragment("/?fragment=head").catch(() => null);
  if (parts) morph(head, parts.getElementById("head"));
  return undefined;
});

/** After the server's word: every control stands as its markup says. */
function settle() {
  const box = document.getElementById("search");
  const typing = timer ? box.value : null;
  box.defaultValue = new URLSearchParams(location.search).get("q") || "";
  form.reset();
  // What is being typed is newer than what was asked for.
  if (typing !== null) box.value = typing;
  for (const input of results.querySelectorAll("input[type=radio]:not([form])")) input.checked = input.defaultChecked;
  build();
  results.dispatchEvent(new Event("settled"));
}

function build() {
  for (const box of results.querySelectorAll("[data-words]")) {
    if (!editors.has(box)) editors.set(box, editor(box));
    editors.get(box)(box.dataset.value);
    box.dataset.ready = "";
  }
}

/** An editor whose words stand in the form as a hidden field; returns what sets them. */
function editor(box) {
  const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: box.dataset.name });
  hidden.setAttribute("form", "filters");
  const changed = (words) => { hidden.value = words.join(","); go(); };
  const words = editorFor(box, { kind: box.dataset.words, words: [], label: box.dataset.label, known: true, changed });
  box.append(hidden);
  return (text) => {
    hidden.value = hidden.defaultValue = text;
    words.set(split(text));
  };
}

const split = (text) => text.split(",").map((word) => word.trim()).filter(Boolean);

function go({ replacing = false } = {}) {
  const url = address();
  if (url === location.pathname + location.search) return;
  history[replacing ? "replaceState" : "pushState"](null, "", url);
  load(url);
}

function typed() {
  clearTimeout(timer);
  timer = setTimeout(() => { timer = 0; go({ replacing: new URLSearchParams(location.search).has("q") }); }, TYPING_MS);
}

function changed(event) {
  const input = event.target;
  if (input.id === "search") return;
  if (input.name === "length") {
    form.elements.min_duration.value = input.dataset.min;
    form.elements.max_duration.value = input.dataset.max;
  }
  if (input.form === form || input.name === "length") go();
}

function clicked(event) {
  const link = event.target.closest(".pill .clear, [data-clear], .words a, .facts .folder");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState(null, "", link.getAttribute("href"));
  scrollTo(0, 0);
  load(location.pathname + location.search);
}

/** A menu stands under its button; on a phone the style sheet puts it at the lower edge. */
function anchor(event) {
  const menu = event.target;
  if (event.newState !== "open" || !menu.matches?.(".menu")) return;
  const box = document.querySelector(`[popovertarget="${menu.id}"]`).getBoundingClientRect();
  menu.style.top = `${box.bottom + 6}px`;
  requestAnimationFrame(() => {
    menu.style.left = `${Math.max(8, Math.min(box.left - 2, innerWidth - menu.offsetWidth - 8))}px`;
    (menu.querySelector("input:checked") || menu.querySelector("input:not([type=hidden])"))?.focus({ preventScroll: true });
  });
}

function switchView() {
  const next = document.documentElement.dataset.view === "list" ? "grid" : "list";
  document.documentElement.dataset.view = next;
  kept.set("view", next);
}

/** Start listening. */
export function start() {
  const still = () => { clearTimeout(timer); timer = 0; };
  form.addEventListener("submit", (event) => { event.preventDefault(); still(); go(); });
  document.getElementById("search").addEventListener("input", typed);
  document.addEventListener("change", changed);
  results.addEventListener("click", clicked);
  results.addEventListener("click", (event) => event.target.closest("#view") && switchView());
  results.addEventListener("toggle", anchor, true);
  addEventListener("popstate", () => { still(); load(location.pathname + location.search); });
  addEventListener("scroll", () => results.querySelector(".menu:popover-open")?.hidePopover(), { passive: true });
  build();
}
