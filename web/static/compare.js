// compare: two videos side by side at the same time of each, played, paused and sought as one.

import { show } from "./dialogs.js";
import { clock } from "./format.js";

// Less than this nobody sees, and each correction makes a player stutter.
const APART_SECONDS = 0.15;
const part = (id) => document.getElementById(id);
const videos = () => [...part("compare").querySelectorAll("video")];
const playable = () => videos().filter((video) => !video.error && video.getAttribute("src"));

/** Open two cards of videos side by side; resolves when they are closed. */
export async function open(cards) {
  videos().forEach((video, at) => load(video, cards[at]));
  part("compare-at").value = 0;
  draw();
  await show(part("compare"));
  for (const video of videos()) {
    video.pause();
    video.removeAttribute("src");
    video.load();
  }
}

function load(video, card) {
  const place = video.closest("figure");
  place.querySelector("figcaption").textContent = card.dataset.name;
  place.querySelector(".error").hidden = true;
  video.poster = card.querySelector(".thumb")?.src || "";
  video.src = `/api/videos/${card.dataset.id}/file`;
}

/** Make the controls say what is, and bring the second film to the first one's time. */
function draw() {
  const [lead, other] = playable();
  const playing = Boolean(lead && !lead.paused && !lead.ended);
  part("compare-play").querySelector("use").setAttribute("href", playing ? "#i-pause" : "#i-play");
  part("compare-play").setAttribute("aria-label", playing ? "Pause both" : "Play both");
  part("compare-play").disabled = !lead;
  if (!lead) return;
  part("compare-at").max = Math.max(...playable().map((video) => video.duration || 0)) || 1;
  part("compare-at").value = lead.currentTime;
  part("compare-time").textContent = `${clock(lead.currentTime)} / ${clock(Number(part("compare-at").max))}`;
  if (other && !other.seeking && !lead.seeking && Math.abs(other.currentTime - lead.currentTime) > APART_SECONDS && lead.currentTime < other.duration) other.currentTime = lead.currentTime;
}

function toggle() {
  const [lead] = playable();
  const paused = lead?.paused || lead?.ended;
  for (const video of playable()) if (paused) video.play().catch(() => {}); else video.pause();
}

function seek() {
  for (const video of playable()) video.currentTime = Math.min(Number(part("compare-at").value), video.duration || 0);
}

/** Listen to the dialog's controls; once a page. */
export function start() {
  part("compare-play").addEventListener("click", toggle);
  part("compare-at").addEventListener("input", seek);
  for (const video of videos()) {
    for (const name of ["timeupdate", "play", "pause", "ended", "loadedmetadata", "seeked"]) video.addEventListener(name, draw);
    video.addEventListener("error", () => {
      video.closest("figure").querySelector(".error").hidden = !video.getAttribute("src");
      draw();
    });
  }
}
