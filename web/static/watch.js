// watch: the Watch page put together: player, seek bar, what people said, what was made, and its keys.

import * as alike from "./alike.js";
import * as compact from "./compact.js";
import { Heat } from "./heat.js";
import { fragment, api } from "./http.js";
import { bind } from "./keys.js";
import { Lanes } from "./lanes.js";
import { coalesce, on } from "./live.js";
import { tab } from "./memory.js";
import { morph } from "./morph.js";
import { neighbours } from "./order.js";
import { Player } from "./player.js";
import * as said from "./said.js";
import { Scenes } from "./scenes.js";
import { SeekBar } from "./seek.js";
import { complain, toast } from "./toasts.js";
import { alone, inTurn } from "./turns.js";
import { Words } from "./words.js";

const page = document.getElementById("watch");
const id = Number(page.dataset.id);
const video = document.getElementById("video");
const bar = document.getElementById("seek");
const info = { id, duration: Number(page.dataset.duration), height: Number(page.dataset.height) };
const player = video && new Player(video, document.getElementById("stage"), info);
const seek = bar && new SeekBar(bar, { duration: info.duration, player });
const heat = seek && new Heat(document.getElementById("heat"), seek);
const scenes = new Scenes(document.getElementById("scenes"), seek);
const words = new Words({ id, seek, player });
const people = said.start(id);
new Lanes({ id, seek, found: people.offer }).load();
const around = { previous: null, next: null };

async function go(which) {
  await found;
  if (player && !player.video.paused) tab.set("playing", "1");
  if (around[which]) location.assign(`/watch/${around[which]}`);
  else toast(which === "next" ? "This is the last one" : "This is the first one");
}

async function findNeighbours() {
  const own = { previous: Number(page.dataset.previous) || null, next: Number(page.dataset.next) || null };
  Object.assign(around, await neighbours(id, own));
  for (const which of ["previous", "next"]) {
    const link = document.getElementById(`go-${which}`);
    link.hidden = !around[which];
    if (around[which]) link.href = `/watch/${around[which]}`;
    const control = document.getElementById(which);
    if (control) control.disabled = !around[which];
    control?.addEventListener("click", () => go(which));
  }
}

const refresh = alone(async () => {
  const made = document.getElementById("made");
  const before = { ...made.dataset };
  const parts = await fragment(`/fragments/watch/${id}`).catch(() => null);
  if (!parts) return;
  morph(made, parts.getElementById("made"));
  compact.lay(parts);
  await take(before, { ...made.dataset });
  const told = news(before, made.dataset);
  if (told) toast(told, { action: { label: "Reload", run: () => location.reload() } });
});

/** Show what was made anew of pictures, heat and scenes; only what differs is fetched. */
const take = inTurn(async (before, { sheet, index, heat: heatUrl, scenes: scenesUrl, words: token }) => {
  const jobs = [words.load(token)];
  if (sheet !== before.sheet) await seek?.pictures(sheet, index);
  if (sheet !== before.sheet) words.chapters.paint();
  if (heatUrl !== before.heat) jobs.push(heat?.load(heatUrl));
  if (scenesUrl !== before.scenes) jobs.push(scenes.load(scenesUrl));
  else if (sheet !== before.sheet) scenes.paint();
  await Promise.all(jobs);
});

/** What changed so much that the player must be built anew; "" for nothing. */
function news(before, now) {
  if (now.presence !== before.presence) return { present: "The file is back", unknown: "The file cannot be reached now" }[now.presence] || "The file is no longer there";
  if (now.playable === before.playable) return "";
  return now.playable === "true" ? "The file can be played now" : "The file cannot be played here";
}

async function changed(batch) {
  const mine = batch.filter((event) => event.ids?.includes(id));
  if (!mine.length) return;
  if (mine.some((event) => event.why === "tags")) people.renew().catch(() => {});
  if (mine.some((event) => event.why === "words")) words.load();
  if (mine.some((event) => event.why === "moved")) toast("The file was moved or renamed", { action: { label: "Reload", run: () => location.reload() } });
  await refresh();
}

function progress({ video_id: of, kind, progress: done }) {
  if (of !== id) return;
  const lines = document.querySelectorAll(`#made [data-job="${CSS.escape(kind)}"], #stored-form [data-job="${CSS.escape(kind)}"]`);
  for (const line of lines) line.value = done;
  if (!lines.length) again();
}

const again = coalesce(500, refresh);

async function clicked(event) {
  const make = event.target.closest("[data-make]");
  if (make) {
    make.disabled = true;
    await api(`/api/videos/${id}/make`, { body: { kinds: [make.dataset.make], force: true } }).then(again, (error) => { make.disabled = false; complain(error); });
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) await navigator.clipboard.writeText(copy.dataset.copy).then(() => toast("Path copied"), () => toast("The browser does not let pages copy here", { bad: true }));
}

function bindPlayer() {
  const seekTo = (part) => () => player.seek(player.duration * part);
  bind({
    " ": () => player.toggle(),
    k: () => player.toggle(),
    j: () => player.skip(-10),
    l: () => player.skip(10),
    ArrowLeft: () => player.skip(-5),
    ArrowRight: () => player.skip(5),
    "[": () => player.faster(-1),
    "]": () => player.faster(1),
    ",": () => player.frame(-1),
    ".": () => player.frame(1),
    f: () => player.full(),
    m: () => player.mute(),
    c: () => words.captions.toggle(),
    ...Object.fromEntries([...Array(10).keys()].map((digit) => [String(digit), seekTo(digit / 10)])),
  });
}

const found = findNeighbours();
bind({ n: () => { go("next"); }, p: () => { go("previous"); }, t: () => people.focusTags(), "<": () => scenes.step(-1), ">": () => scenes.step(1), N: () => words.chapters.step(1), P: () => words.chapters.step(-1) });
if (player) bindPlayer();
compact.start(page, player);
if (tab.get("playing")) {
  tab.forget("playing");
  player?.play();
}
take({ sheet: "", heat: "", scenes: "" }, { ...document.getElementById("made").dataset }).catch(complain);
alike.start(id).catch(complain);
page.addEventListener("click", clicked);
on("video", coalesce(300, changed));
on("progress", progress);
on("reset", again);
on("library", again);
on("videos", again);
