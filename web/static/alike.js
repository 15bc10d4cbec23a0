// alike: the near-duplicates of the video that is watched: asked for once the page is there, shown only if there are some.

import { clock, size } from "./format.js";
import { api } from "./http.js";
import { complain } from "./toasts.js";

const panel = document.getElementById("alike");
const list = panel.querySelector("ul");

const COMPUTING_MS = 3000;

/** Ask for the duplicates of the video `id` and show them. */
export async function start(id) {
  // An index without hashes, or a busy daemon: the panel is no page of its own and stays away.
  const { duplicates = [], computing = false } = await api(`/api/videos/${id}/duplicates`).catch(() => ({}));
  // What is shown stays, so that nothing changes under a pointer; an empty panel may still be filled.
  if (computing && !duplicates.length) setTimeout(() => start(id), COMPUTING_MS);
  list.replaceChildren(...duplicates.map((video) => row(id, video)));
  panel.hidden = !duplicates.length;
}

/** "exact copy", or how much alike in whole percent; never 100 for what is not the same. */
export function likeness({ kind, similarity }) {
  return kind === "exact" ? "Exact copy" : `${Math.min(99, Math.floor((similarity || 0) * 100))} % alike`;
}

function row(id, video) {
  const item = document.getElementById("alike-template").content.cloneNode(true).firstElementChild;
  const [picture, name] = item.querySelectorAll("a");
  picture.href = name.href = `/watch/${video.id}`;
  name.textContent = video.name;
  name.title = [video.library, video.path].filter(Boolean).join(": ");
  if (video.thumb_url) picture.firstElementChild.src = video.thumb_url;
  else picture.firstElementChild.remove();
  item.querySelector(".likeness").textContent = likeness(video);
  item.querySelector(".alike-facts").textContent = facts(video);
  const [apart, undo] = item.querySelectorAll("button");
  apart.setAttribute("aria-label", `${video.name} is not a duplicate`);
  apart.addEventListener("click", () => judge(item, { a: id, b: video.id, verdict: "different" }, undo));
  undo.addEventListener("click", () => judge(item, { a: id, b: video.id, verdict: "unsure" }, apart));
  return item;
}

function facts({ width, height, size_bytes: bytes, duration_seconds: seconds }) {
  return [width && height ? `${width} × ${height}` : "", size(bytes), seconds ? clock(seconds) : ""].filter(Boolean).join(" · ");
}

async function judge(item, verdict, next) {
  try {
    await api("/api/duplicates/verdict", { body: verdict });
    item.classList.toggle("is-apart", verdict.verdict === "different");
    next.focus();
  } catch (error) {
    complain(error);
  }
}
