// people: the page of everybody: filters, more while scrolling, naming, merging and hiding, its keys, and what changes meanwhile.

import * as decisions from "./decisions.js";
import { show } from "./dialogs.js";
import { many } from "./format.js";
import { Growing } from "./growing.js";
import { api } from "./http.js";
import { bind } from "./keys.js";
import { coalesce, on } from "./live.js";
import * as naming from "./naming.js";
import { Picking } from "./picking.js";
import { offer } from "./pulling.js";
import { complain, toast } from "./toasts.js";

const TYPING_MS = 180;
const EVENT_MS = 700;
const BUSY_MS = 1200;
const page = document.getElementById("people");
const bar = document.getElementById("picked");
const picking = new Picking({ root: page, bar, selector: ".person", changed: offerDeeds });
const cards = () => picking.all();
let timer = 0;

const list = new Growing({ page, path: "/people", selector: ".person", settled: () => { naming.settle(page); picking.show(); } });

// -- the list

/** As the list does it; the focus stays on who it was on, or on who stands there now. */
async function refresh() {
  const focused = document.activeElement?.closest(".person");
  const at = cards().indexOf(focused);
  await list.refresh();
  if (focused && !page.contains(document.activeElement)) picking.focus(cards()[Math.min(at, cards().length - 1)]);
}

const quietly = () => refresh().catch((error) => error.name === "AbortError" || complain(error));

const again = coalesce(EVENT_MS, function later() {
  if (naming.busy(page)) setTimeout(later, BUSY_MS);
  else refresh().catch(() => {});
});

async function load(url, { replacing = false } = {}) {
  history[replacing ? "replaceState" : "pushState"](null, "", url);
  picking.none();
  await quietly();
  document.getElementById("told").textContent = document.getElementById("tally")?.textContent || "";
}

function narrow({ replacing = false } = {}) {
  clearTimeout(timer);
  load(list.narrowed(), { replacing });
}

// -- what is decided

const decided = async (answers, words) => {
  picking.none();
  decisions.told(answers, quietly, words);
  await quietly();
};

async function hide(chosen) {
  if (!chosen.length) return false;
  const hidden = !chosen.every((card) => "hidden" in card.dataset);
  const answers = [];
  for (const card of chosen) answers.push(await decisions.hide(card.dataset.id, hidden));
  return decided(answers, chosen.length > 1 ? `${many(chosen.length, "person", "people")} ${hidden ? "hidden" : "shown again"}` : "");
}

/** Who stays is asked where two have names; else it is the one with a name, or with more faces. */
async function merge(chosen) {
  const ranked = [...chosen].sort((one, other) => Number(Boolean(other.dataset.name)) - Number(Boolean(one.dataset.name)) || other.dataset.faces - one.dataset.faces);
  const named = ranked.filter((card) => card.dataset.name);
  const dialog = document.getElementById("merge");
  document.getElementById("merge-title").textContent = `Merge ${many(chosen.length, "person", "people")}?`;
  document.getElementById("merge-words").textContent = named.length > 1 ? "They are one person from now on. Which name is right?" : named.length ? `They are all ${named[0].dataset.name} from now on.` : "They are one person from now on.";
  document.getElementById("merge-faces").replaceChildren(...ranked.map((card) => candidate(card, named.length > 1, card === ranked[0])));
  if ((await show(dialog)) !== "yes") return;
  const into = dialog.querySelector("input:checked")?.value ?? ranked[0].dataset.id;
  await decided(await decisions.merge(into, chosen.map((card) => card.dataset.id).filter((id) => id !== into)));
}

function candidate(card, choosing, first) {
  const made = document.createElement("label");
  made.append(naming.face(card.dataset.picture));
  if (choosing && card.dataset.name) {
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: "into", value: card.dataset.id, checked: first });
    made.append(radio);
  }
  made.append(card.dataset.name || "No name");
  return made;
}

function join() {
  const chosen = picking.chosen();
  if (chosen.length > 1) return merge(chosen).catch(complain);
  const card = chosen[0] || picking.current();
  if (!card) return false;
  if (!cards().some((other) => other !== card)) return toast("There is nobody else here to merge with");
  picking.none();
  return type(card);
}

function offerDeeds(chosen) {
  bar.querySelector("[data-do=merge]").disabled = chosen.length < 2;
  bar.querySelector("[data-slot=hide]").textContent = chosen.length && chosen.every((card) => "hidden" in card.dataset) ? "Show again" : "Hide";
}

// -- keys and clicks

function type(card) {
  const input = card?.querySelector(".naming input");
  input?.focus();
  input?.select();
  return Boolean(input);
}

const DEEDS = {
  merge: join,
  hide: () => hide(picking.chosen()),
  "hide-one": (button) => hide([button.closest(".person")]),
  none: () => picking.none(),
  select: () => picking.begin(),
  pull: ({ dataset }) => offer(dataset.model),
  look: ({ dataset }) => ordered("/api/jobs/run", { kind: dataset.kind, which: "missing" }),
  retry: ({ dataset }) => ordered("/api/jobs/retry", { kind: dataset.kind }),
};

async function ordered(path, body) {
  await api(path, { body });
  toast("The videos are queued", { hint: "People show here as they are found.", action: { label: "See", run: () => location.assign("/activity") } });
}

function clicked(event) {
  const button = event.target.closest("[data-do]");
  if (button) return Promise.resolve(DEEDS[button.dataset.do](button)).catch(complain);
  const link = event.target.closest("a[data-show]");
  if (picking.clicked(event) || !link || event.ctrlKey || event.metaKey) return undefined;
  event.preventDefault();
  return load(link.href);
}

page.addEventListener("click", clicked);
bar.addEventListener("click", clicked);
page.addEventListener("input", (event) => {
  if (event.target.id !== "people-find") return;
  clearTimeout(timer);
  timer = setTimeout(() => narrow({ replacing: true }), TYPING_MS);
});
page.addEventListener("change", (event) => event.target.name === "sort" && narrow());
page.addEventListener("submit", (event) => { if (event.target.id === "narrow") { event.preventDefault(); narrow(); } });
addEventListener("popstate", quietly);
naming.start(page, (answer) => decided(answer));
bind({
  j: () => picking.step(1),
  k: () => picking.step(-1),
  n: () => type(picking.current() || cards()[0]),
  m: join,
  h: () => { const chosen = picking.chosen(); return hide(chosen.length ? chosen : [picking.current()].filter(Boolean)).catch(complain); },
  x: () => { const card = picking.current(); if (card) picking.toggle(card); return Boolean(card); },
  u: () => { decisions.undo(quietly); },
  Escape: () => picking.none(),
});
for (const event of ["people", "reset", "jobs"]) on(event, again);
list.settle();
