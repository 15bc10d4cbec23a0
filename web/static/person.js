// person: the page of one person: naming, who it may also be, taking wrong faces out, and more videos while scrolling.

import * as decisions from "./decisions.js";
import { show } from "./dialogs.js";
import { many } from "./format.js";
import { fragment } from "./http.js";
import { bind } from "./keys.js";
import { coalesce, on } from "./live.js";
import { kept } from "./memory.js";
import { children } from "./morph.js";
import * as naming from "./naming.js";
import { Picking } from "./picking.js";
import { complain } from "./toasts.js";

const EVENT_MS = 700;
const BUSY_MS = 1200;
const page = document.getElementById("person");
const bar = document.getElementById("picked");
const head = () => page.querySelector(".person-head");
const id = () => head().dataset.id;
const picking = new Picking({ root: page, bar, selector: ".moment-of", changed: offerDeeds });
let running = null;
let growing = null;

/** Fetch what is shown anew; `whose` where the person is somebody else by now. */
async function refresh(whose = id()) {
  running?.abort();
  const mine = (running = new AbortController());
  const shown = page.querySelectorAll(".seen").length;
  const parts = await fragment(`/people/${whose}?fragment=parts`, { signal: mine.signal });
  for (let more = parts.getElementById("more"); more && Number(more.dataset.offset) < shown; more = parts.getElementById("more")) {
    more.replaceWith(await fragment(`/people/${whose}?fragment=videos&offset=${more.dataset.offset}`, { signal: mine.signal }));
  }
  children(page, parts);
  if (!location.pathname.endsWith(id())) history.replaceState(null, "", `/people/${id()}`);
  document.title = `${head().dataset.name || "Somebody"} · vidwatchd`;
  settle();
}

/** A person who is nobody any more, all faces being somebody else's, has no page: everybody's is shown instead. */
const quietly = (whose) => refresh(whose).catch((error) => {
  if (error.status === 404) location.replace("/people");
  else if (error.name !== "AbortError") complain(error);
});

const again = coalesce(EVENT_MS, function later() {
  if (naming.busy(page)) setTimeout(later, BUSY_MS);
  else quietly();
});

const sight = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && grow(), { rootMargin: "1200px 0px" });

function settle() {
  sight.disconnect();
  const more = document.getElementById("more");
  if (more) sight.observe(more);
  suggest();
  naming.settle(page);
  picking.show();
}

function grow() {
  growing ??= append().catch((error) => { sight.disconnect(); complain(error); }).finally(() => { growing = null; });
}

async function append() {
  const more = document.getElementById("more");
  const parts = await fragment(`/people/${id()}?fragment=videos&offset=${more.dataset.offset}`);
  if (!more.isConnected) return;
  for (const video of [...parts.querySelectorAll(".seen")]) if (document.getElementById(video.id)) video.remove();
  more.replaceWith(parts);
  settle();
}

// -- who it may also be

const pair = (other) => [id(), other].sort().join(" ");
const refused = () => new Set(JSON.parse(kept.get("others") || "[]"));

/** This browser remembers who was said to be somebody else, and proposes them no more. */
function suggest() {
  const [section, said] = [page.querySelector(".alike-people"), refused()];
  for (const item of section.querySelectorAll("li")) if (said.has(pair(item.dataset.id))) item.remove();
  section.hidden = !section.querySelector("li");
}

function otherwise(button) {
  const item = button.closest("li");
  kept.set("others", JSON.stringify([...refused(), pair(item.dataset.id)].slice(-500)));
  (item.nextElementSibling || item.previousElementSibling)?.querySelector("[data-do=other]").focus();
  suggest();
}

/** The one with a name stays; of two with or without, this one. */
async function identical(button) {
  const other = button.closest("li").dataset;
  const [into, gone] = other.name && !head().dataset.name ? [other.id, id()] : [id(), other.id];
  await decided(await decisions.merge(into, [gone]));
}

// -- faces that are somebody else's

async function decided(answer, whose = answer.person?.id) {
  picking.none();
  decisions.told(answer, (back) => quietly(back?.person?.id));
  await quietly(whose);
}

/** After a split this page stays with whom it was of, unless nobody is left. */
const stays = (answer) => decided(answer, answer.from?.id ?? answer.person.id);

async function takeOut() {
  const chosen = picking.chosen();
  if (chosen.length) await stays(await decisions.split(id(), chosen.map((face) => Number(face.dataset.face))));
}

let choosing = null;

async function split() {
  const chosen = picking.chosen();
  const dialog = document.getElementById("split");
  choosing ??= new naming.Choosing(dialog.querySelector(".naming"), { like: id });
  choosing.input.value = "";
  choosing.chosen = null;
  document.getElementById("split-words").textContent = `${many(chosen.length, "face")} will no longer be ${head().dataset.name || "this person"}. Type who it is; a new name makes somebody new.`;
  document.getElementById("split-faces").replaceChildren(...chosen.slice(0, 12).map((face) => naming.face(face.dataset.picture)));
  const answer = show(dialog);
  choosing.input.focus();
  if ((await answer) !== "yes" || !choosing.typed) return;
  const to = choosing.chosen ? { into: choosing.chosen.id } : await whom(choosing.typed);
  const all = chosen.length === picking.all().length && !document.getElementById("more");
  await (all ? becomes(to) : stays(await decisions.split(id(), chosen.map((face) => Number(face.dataset.face)), to)));
}

/** All faces are somebody else's: then the whole person is. */
async function becomes({ into, name: words }) {
  await decided(into ? await decisions.merge(into, [id()]) : await decisions.name(id(), words));
}

async function whom(words) {
  const known = (await decisions.named(words)).find(({ name }) => naming.same(name, words));
  return known ? { into: known.id } : { name: words };
}

function offerDeeds(chosen) {
  bar.querySelector("[data-slot=faces]").textContent = chosen.length === 1 ? "face" : "faces";
  bar.querySelector("[data-slot=not]").textContent = `Not ${head().dataset.name || "this person"}`;
}

// -- keys and clicks

async function hide() {
  await decided(await decisions.hide(id(), !("hidden" in head().dataset)));
}

const DEEDS = { hide, same: identical, other: otherwise, "take-out": takeOut, split, none: () => picking.none(), select: () => picking.begin() };

function clicked(event) {
  const button = event.target.closest("[data-do]");
  if (button) return Promise.resolve(DEEDS[button.dataset.do](button)).catch(complain);
  return picking.clicked(event);
}

page.addEventListener("click", clicked);
bar.addEventListener("click", clicked);
naming.start(page, (answer) => decided(answer));
bind({
  j: () => picking.step(1),
  k: () => picking.step(-1),
  n: () => { const input = head().querySelector(".naming input"); input.focus(); input.select(); },
  m: () => { page.querySelector(".alike-people [data-do=same]")?.focus(); },
  h: () => { hide().catch(complain); },
  x: () => { const face = picking.current(); if (face) picking.toggle(face); return Boolean(face); },
  u: () => { decisions.undo((answer) => quietly(answer.person?.id)); },
  Escape: () => picking.none(),
});
for (const event of ["people", "reset"]) on(event, again);
settle();
