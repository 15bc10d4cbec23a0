// streams: a stored film played in a dialog, from its compact copy or its original, and the text that belongs to it.

import { show } from "./dialogs.js";
import { api } from "./http.js";
import { complain } from "./toasts.js";

const AGAIN_MS = 3000;
const part = (id) => document.getElementById(id);
let asked = 0;

/** Where a stored form plays from; it is joined first when need be. `original` asks for the film itself. */
export async function address(id, original) {
  return (await api("/api/reconstitute", { body: { stored_id: id, original } })).stream_url;
}

function wait(words, hint = "") {
  const box = part("film-wait");
  box.replaceChildren(...(words ? [Object.assign(document.createElement("strong"), { textContent: words })] : []));
  if (hint) box.append(Object.assign(document.createElement("small"), { textContent: hint }));
}

/** Play it: a line of the list says what it is. The place is kept between the two ways to play it. */
export async function open(line, which) {
  const dialog = part("film");
  const { name, page, resultant, original, download } = line.dataset;
  part("film-title").textContent = name;
  part("film-page").href = page;
  part("film-page").hidden = !page;
  part("film-download").href = download;
  part("film-download").hidden = !line.querySelector("[data-which=resultant]");
  for (const [key, words] of Object.entries({ resultant: line.querySelector("[data-which=resultant]") ? resultant : "", original })) {
    const button = dialog.querySelector(`[data-which=${key}]`);
    Object.assign(button, { textContent: words, hidden: !words, onclick: () => play(line, key) });
  }
  const closed = show(dialog);
  play(line, which);
  await closed;
  asked += 1;
  empty();
}

async function play(line, which) {
  const video = part("film-video");
  const at = video.currentTime || 0;
  const mine = (asked += 1);
  for (const button of part("film").querySelectorAll("[data-which]")) button.setAttribute("aria-pressed", String(button.dataset.which === which));
  empty();
  wait(which === "original" ? "Opening the original…" : "Putting picture and sound together…");
  try {
    const from = await address(line.dataset.id, which === "original");
    if (mine !== asked) return;
    video.onloadedmetadata = () => { if (at) video.currentTime = Math.min(at, video.duration); wait(""); };
    video.onerror = () => wait("It cannot be played here.", "The download may open in another program.");
    video.src = from;
    video.play().catch(() => {});
  } catch (error) {
    if (mine !== asked) return;
    const busy = error.code === "busy";
    if (busy) setTimeout(() => mine === asked && part("film").open && play(line, which), AGAIN_MS);
    wait(busy ? "It is still being put together…" : error.message, error.hint);
  }
}

function empty() {
  const video = part("film-video");
  video.onerror = video.onloadedmetadata = null;
  video.pause();
  video.removeAttribute("src");
  video.load();
}

/** Show the text at `url` in the dialog for it. */
export async function read(url, name) {
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error("The text could not be read just now");
    part("script-text").textContent = await answer.text();
    part("script-title").textContent = name;
    part("script-download").href = url;
    part("script-download").download = `${name}.txt`;
    part("script-text").scrollTop = 0;
    await show(part("script"));
  } catch (error) {
    complain(error);
  }
}
