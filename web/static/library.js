// library: the Library page put together: cards, filters, selection, looking through, and its keys.

import * as cards from "./cards.js";
import * as filters from "./filters.js";
import * as folders from "./folders.js";
import { rough } from "./format.js";
import { bind } from "./keys.js";
import { coalesce, on } from "./live.js";
import * as preview from "./preview.js";
import * as scrub from "./scrub.js";
import * as selection from "./selection.js";

const results = document.getElementById("results");

function step(way) {
  const all = cards.cards();
  const at = all.indexOf(document.activeElement?.closest(".card"));
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + way))];
  next?.querySelector(".open").focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

const current = () => document.activeElement?.closest(".card") || cards.cards().find((card) => card.matches(":hover"));

function pick() {
  const card = current();
  if (!card) return false;
  selection.toggle(card);
  return true;
}

function tag() {
  const card = current();
  if (!selection.picked().length && card) selection.toggle(card);
  selection.editWords("tags");
}

function showWork({ kinds }) {
  const line = document.getElementById("making");
  if (!line || !kinds) return;
  const counts = Object.values(kinds);
  const owed = counts.reduce((sum, kind) => sum + kind.queued + kind.running, 0);
  const left = Math.max(0, ...counts.map((kind) => kind.left_seconds || 0));
  line.hidden = !owed;
  line.querySelector("[data-slot=words]").textContent = `${owed.toLocaleString("en-GB")} to make${left ? `, ${rough(left)} left` : ""}`;
}

bind({
  j: () => step(1),
  k: () => step(-1),
  x: pick,
  t: tag,
  Escape: () => selection.none(),
});
filters.start();
selection.start(results);
scrub.start(results);
preview.start(results);
folders.start(filters.reload);
results.addEventListener("click", (event) => event.target.closest(".open") && cards.rememberList());
on("jobs", showWork);
on("library", coalesce(1000, filters.reloadHead));
cards.start(filters.reload);
