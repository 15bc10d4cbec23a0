// stored: the page of stored films: uploading, the list that follows the work, filters, playing and reading.

import { Growing } from "./growing.js";
import { api } from "./http.js";
import { coalesce, on } from "./live.js";
import { open, read } from "./streams.js";
import { complain, toast } from "./toasts.js";
import { Uploads } from "./uploading.js";

const TYPING_MS = 180;
const EVENT_MS = 500;
const page = document.getElementById("stored");
const list = new Growing({ page, path: "/stored", selector: ".stored-item" });
let timer = 0;

// -- the list

const quietly = () => list.refresh().catch((error) => error.name === "AbortError" || complain(error));
const again = coalesce(EVENT_MS, () => list.refresh().catch(() => {}));

async function load(url, { replacing = false } = {}) {
  history[replacing ? "replaceState" : "pushState"](null, "", url);
  await quietly();
  const shown = list.entries.length;
  document.getElementById("told").textContent = shown ? `${shown} shown` : page.querySelector(".blank h2")?.textContent || "";
}

function narrow({ replacing = false } = {}) {
  clearTimeout(timer);
  load(list.narrowed(), { replacing });
}

// -- what is done

const DEEDS = {
  stream: (link, line) => open(line, link.dataset.which),
  script: (link, line) => read(link.href, line.dataset.name),
  make: async (button, line) => {
    button.disabled = true;
    try {
      await api(`/api/videos/${line.dataset.video}/make`, { body: { kinds: ["stored"], force: true } });
      toast(`${line.dataset.name} is tried again`);
    } finally {
      button.disabled = false;
      again();
    }
  },
};

function clicked(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return undefined;
  const control = event.target.closest("[data-do]");
  const deed = control && DEEDS[control.dataset.do];
  if (deed) {
    event.preventDefault();
    return Promise.resolve(deed(control, control.closest(".stored-item"))).catch(complain);
  }
  const link = event.target.closest("a[data-show]");
  if (!link) return undefined;
  event.preventDefault();
  return load(link.href);
}

function progress({ video_id: of, kind, progress: done }) {
  const line = kind === "stored" && page.querySelector(`[data-video="${Number(of)}"]`);
  const bar = line && line.querySelector("[data-running] progress");
  if (bar) bar.value = done;
  else if (line) again();
}

async function arrived(answer, file) {
  document.getElementById("told").textContent = answer.duplicate ? `${file.name} is stored already` : `${file.name} has arrived; its stored form is being made`;
  await quietly();
}

page.addEventListener("click", clicked);
page.addEventListener("input", (event) => {
  if (event.target.id !== "stored-find") return;
  clearTimeout(timer);
  timer = setTimeout(() => narrow({ replacing: true }), TYPING_MS);
});
page.addEventListener("submit", (event) => { if (event.target.id === "narrow") { event.preventDefault(); narrow(); } });
addEventListener("popstate", quietly);
new Uploads(document.getElementById("upload"), { arrived });
on("progress", progress);
for (const event of ["video", "videos", "jobs", "reset"]) on(event, again);
list.settle();
