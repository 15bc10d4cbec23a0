// coverage: the Coverage page: counts that follow the work, and queuing what is missing or failed.

import { api, fragment } from "./http.js";
import { coalesce, on } from "./live.js";
import { children } from "./morph.js";
import { offer } from "./pulling.js";
import { complain, toast } from "./toasts.js";
import { alone } from "./turns.js";

// The daemon counts anew every three seconds at most: what is asked sooner after the last event may be from before it.
const EVENT_MS = 1500;
const COUNTED_MS = 3500;
const page = document.getElementById("coverage");

const refresh = alone(async () => {
  const parts = await fragment("/fragments/coverage").catch(() => null);
  if (parts) children(page, parts);
});

const DEEDS = {
  missing: ({ kind }) => api("/api/jobs/run", { body: { kind, which: "missing" } }),
  retry: ({ kind }) => api("/api/jobs/retry", { body: { kind } }),
};

async function clicked(event) {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  if (button.dataset.do === "pull") return offer(button.dataset.model);
  button.disabled = true;
  try {
    await DEEDS[button.dataset.do](button.dataset);
    toast(`${button.dataset.title}: queued`, { action: { label: "See", run: () => location.assign("/activity") } });
  } catch (error) {
    complain(error);
  } finally {
    button.disabled = false;
    refresh();
  }
}

page.addEventListener("click", clicked);
let late = 0;
const again = coalesce(EVENT_MS, () => {
  clearTimeout(late);
  late = setTimeout(refresh, COUNTED_MS);
  refresh();
});
for (const type of ["jobs", "video", "videos", "reset"]) on(type, again);
