// duplicates: the Duplicates page: looking through what is alike, saying what is not, and hearing of new hashes.

import * as compare from "./compare.js";
import { api, fragment } from "./http.js";
import { coalesce, on } from "./live.js";
import { children } from "./morph.js";
import * as preview from "./preview.js";
import * as scrub from "./scrub.js";
import { complain, toast } from "./toasts.js";
import { alone } from "./turns.js";

const EVENT_MS = 2000;
const COMPUTING_MS = 1500;
const page = document.getElementById("duplicates");
// What was said on this page: the daemon may answer from before while it compares anew.
const apart = new Set();
const pair = (one, other) => [Number(one), Number(other)].sort((a, b) => a - b).join("-");

const refresh = alone(async () => {
  const parts = await fragment(`/fragments/duplicates${location.search}`).catch(() => null);
  if (!parts) return;
  for (const group of parts.querySelectorAll(".group")) settle(group);
  // The last group may be gone; what was said in its place, and the way back, stay.
  if (!parts.querySelector(".groups") && page.querySelector(".said-apart")) parts.append(page.querySelector(".groups").cloneNode());
  children(page, parts);
  wait();
});

/** Take out of a group what was said to be no duplicate of its other videos; a group of one is none. */
function settle(group) {
  for (const twin of group.querySelectorAll(".twin")) {
    const others = [...group.querySelectorAll(".twin")].filter((other) => other !== twin);
    if (others.length && others.every((other) => apart.has(pair(twin.dataset.id, other.dataset.id)))) twin.remove();
  }
  if (group.querySelectorAll(".twin").length < 2) group.remove();
}

let waiting = 0;

/** While videos are compared, ask again now and then: an event may get lost. */
function wait() {
  clearTimeout(waiting);
  if (page.querySelector("[data-computing]")) waiting = setTimeout(refresh, COMPUTING_MS);
}

async function judge(ids, others, verdict) {
  const [a] = ids;
  for (const b of others) await api("/api/duplicates/verdict", { body: { a, b, verdict } });
  for (const b of others) apart[verdict === "different" ? "add" : "delete"](pair(a, b));
}

/** Say of one video that it is none of its group, with a way back. */
async function keepApart(button) {
  const twin = button.closest(".twin");
  const group = twin.closest(".group");
  const name = twin.dataset.name;
  const own = Number(twin.dataset.id);
  const others = [...group.querySelectorAll(".twin")].map((other) => Number(other.dataset.id)).filter((id) => id !== own);
  button.disabled = true;
  await judge([own], others, "different").catch((error) => { button.disabled = false; throw error; });
  const note = said(name, async () => {
    await judge([own], others, "unsure");
    note.remove();
    await refresh();
  });
  group.before(note);
  twin.remove();
  settle(group);
  note.querySelector("button").focus({ preventScroll: true });
  refresh();
}

/** What was just said, where it was said, until the page is left. */
function said(name, undo) {
  const note = document.getElementById("apart-template").content.cloneNode(true).firstElementChild;
  note.dataset.client = "";
  note.querySelector("[data-slot=name]").textContent = name;
  note.querySelector("button").addEventListener("click", () => undo().catch(complain));
  return note;
}

const DEEDS = {
  apart: keepApart,
  compare: (button) => compare.open([button.closest(".twins").querySelector(".is-keeper"), button.closest(".twin")]),
  async hash(button) {
    button.disabled = true;
    await api("/api/jobs/run", { body: { kind: "phash", which: "missing" } });
    toast("The hashes are queued", { hint: "Groups show here as they are found.", action: { label: "See", run: () => location.assign("/activity") } });
  },
};

async function clicked(event) {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  try {
    await DEEDS[button.dataset.do](button);
  } catch (error) {
    button.disabled = false;
    complain(error);
  }
}

/** Choosing shows at once; the address keeps only what was chosen. */
function choose(event) {
  const form = event.target.closest("#narrow");
  if (!form) return;
  const chosen = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  location.assign(`/duplicates${chosen.size ? `?${chosen}` : ""}`);
}

page.addEventListener("click", clicked);
page.addEventListener("change", choose);
scrub.start(page);
preview.start(page);
compare.start();
const again = coalesce(EVENT_MS, refresh);
for (const type of ["duplicates", "videos", "reset", "jobs"]) on(type, again);
on("video", coalesce(EVENT_MS, (batch) => batch.some((event) => event.why !== "tags") && refresh()));
wait();
