// selection: choosing several cards, and what can be done to all of them at once.

import { cards, grid } from "./cards.js";
import { show } from "./dialogs.js";
import { many } from "./format.js";
import { api } from "./http.js";
import { editorFor } from "./tags.js";
import { complain, toast } from "./toasts.js";

const bar = document.getElementById("picked");
let last = null;
let mode = false;

const box = (card) => card.querySelector(".pick input");
export const picked = () => cards().filter((card) => box(card).checked);

/** Select or let go of one card; with `through`, everything between it and the last one too. */
export function toggle(card, { on = !box(card).checked, through = false } = {}) {
  const all = cards();
  const [from, to] = [all.indexOf(last), all.indexOf(card)].sort((one, other) => one - other);
  const range = through && from >= 0 ? all.slice(from, to + 1) : [card];
  for (const each of range) box(each).checked = on;
  last = card;
  update();
}

/** Let go of everything. True when there was something. */
export function none() {
  const had = picked();
  for (const card of had) box(card).checked = false;
  const was = had.length > 0 || mode;
  mode = false;
  update();
  return was;
}

export function update() {
  const count = picked().length;
  bar.hidden = !count;
  document.getElementById("picked-count").textContent = count.toLocaleString("en-GB");
  grid()?.classList.toggle("is-picking", mode || count > 0);
  document.getElementById("select")?.setAttribute("aria-pressed", String(mode || count > 0));
}

function wordsOf(chosen, key) {
  const counts = new Map();
  for (const card of chosen) for (const name of JSON.parse(card.dataset[key])) counts.set(name, (counts.get(name) || 0) + 1);
  return [...counts].map(([name, count]) => ({ name, note: count < chosen.length ? `${count} of ${chosen.length}` : "" }));
}

/** Edit tags ("tags") or people ("performers") of every selected video. */
export async function editWords(key) {
  const chosen = picked();
  if (!chosen.length) return;
  const dialog = document.getElementById("bulk");
  const label = key === "tags" ? "Tags" : "People";
  dialog.querySelector("h2").textContent = `${label} of ${many(chosen.length, "video")}`;
  const changes = { add: new Set(), remove: new Set() };
  const changed = (_, { added, removed }) => {
    added.forEach((name) => { changes.add.add(name); changes.remove.delete(name); });
    removed.forEach((name) => { changes.remove.add(name); changes.add.delete(name); });
  };
  const editor = editorFor(document.getElementById("bulk-words"), { kind: key === "tags" ? "tag" : "performer", words: wordsOf(chosen, key), label, changed });
  const answer = show(dialog);
  editor.focus();
  if ((await answer) === "save") await save(chosen, key, changes);
}

async function save(chosen, key, changes) {
  const [add, remove] = [[...changes.add], [...changes.remove]];
  if (!add.length && !remove.length) return;
  const names = key === "tags" ? { add, remove } : { performers_add: add, performers_remove: remove };
  try {
    await api("/api/videos/bulk", { body: { ids: chosen.map((card) => Number(card.dataset.id)), ...names } });
    toast(`Saved for ${many(chosen.length, "video")}`);
  } catch (error) {
    complain(error);
  }
}

async function makeAgain() {
  const chosen = picked();
  const dialog = document.getElementById("make");
  dialog.querySelector("h2").textContent = `Make again for ${many(chosen.length, "video")}`;
  if ((await show(dialog)) !== "yes") return;
  const kinds = [...dialog.querySelectorAll("[name=kind]:checked")].map((input) => input.value);
  const ids = chosen.map((card) => Number(card.dataset.id));
  try {
    await Promise.all(kinds.map((task) => api("/api/jobs", { body: { task, video_ids: ids, force: true } })));
    toast(`${many(kinds.length * ids.length, "piece")} of work queued`, { action: { label: "Watch", run: () => location.assign("/activity") } });
  } catch (error) {
    complain(error);
  }
}

const DEEDS = {
  tags: () => editWords("tags"),
  performers: () => editWords("performers"),
  make: makeAgain,
  all: () => { for (const card of cards()) box(card).checked = true; update(); },
  none,
};

function clicked(event) {
  const card = event.target.closest(".card");
  if (!card) return;
  const input = event.target.closest(".pick input");
  if (input) toggle(card, { on: input.checked, through: event.shiftKey });
  else if (grid().classList.contains("is-picking") && event.target.closest(".open") && event.detail > 0) {
    event.preventDefault();
    toggle(card, { through: event.shiftKey });
  }
}

/** Start listening inside `results`. */
export function start(results) {
  results.addEventListener("settled", update);
  results.addEventListener("click", clicked);
  results.addEventListener("click", (event) => {
    if (!event.target.closest("#select")) return;
    if (!none()) mode = true;
    update();
  });
  bar.addEventListener("click", (event) => DEEDS[event.target.closest("[data-do]")?.dataset.do]?.());
}
