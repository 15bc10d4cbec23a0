// similar: moments of other videos that look like the one that the player shows; asked for when somebody wants them.

import { clock } from "./format.js";
import { api } from "./http.js";
import { complain } from "./toasts.js";

const id = Number(document.getElementById("watch").dataset.id);
const find = document.getElementById("similar-find");
const said = document.getElementById("similar-said");
const row = document.getElementById("similar-row");

async function look() {
  find.disabled = true;
  try {
    const at = document.getElementById("video")?.currentTime || 0;
    const { at_seconds: real, moments } = await api(`/api/videos/${id}/similar?at=${at.toFixed(2)}`);
    row.replaceChildren(...moments.map(item));
    said.textContent = moments.length ? `The picture at ${clock(real)}, elsewhere` : `Nothing looks like the picture at ${clock(real)}`;
  } catch (error) {
    complain(error);
  } finally {
    find.disabled = false;
  }
}

function item({ video, start, score }) {
  const made = document.getElementById("similar-template").content.cloneNode(true).firstElementChild;
  const link = made.querySelector("a");
  link.href = `/watch/${video.id}?t=${start}`;
  link.title = [video.library, video.path].filter(Boolean).join(": ");
  const picture = made.querySelector("img");
  if (video.thumb_url) picture.src = video.thumb_url;
  else picture.remove();
  made.querySelector(".similar-name").textContent = video.name;
  made.querySelector(".similar-facts").textContent = `${clock(start)} · ${Math.floor(score * 100)} % alike`;
  return made;
}

find.addEventListener("click", look);
