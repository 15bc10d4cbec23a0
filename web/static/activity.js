// activity: the Activity page: live counts and progress, and what a person can do about them.

import { doing } from "./deeds.js";
import { ask } from "./dialogs.js";
import { api, fragment } from "./http.js";
import { coalesce, on } from "./live.js";
import { children } from "./morph.js";
import { toast } from "./toasts.js";
import { alone } from "./turns.js";

const page = document.getElementById("activity");

const refresh = alone(async () => {
  const parts = await fragment("/fragments/activity").catch(() => null);
  if (parts) children(page, parts);
});

const again = coalesce(250, refresh);
const which = (kind) => kind || null;

const DEEDS = {
  pause: ({ kind }) => api("/api/jobs/pause", { body: { kind: which(kind) } }),
  resume: ({ kind }) => api("/api/jobs/resume", { body: { kind: which(kind) } }),
  retry: ({ kind, id }) => api("/api/jobs/retry", { body: { kind: which(kind), ...(id ? { id: Number(id) } : {}) } }),
  cancel: ({ id }) => api(`/api/jobs/${id}`, { method: "DELETE" }),
  missing: async ({ kind, title }) => {
    await api("/api/jobs/run", { body: { kind, which: "missing" } });
    toast(`${title}: all that is missing is queued`);
  },
  all: async ({ kind, title }) => {
    const words = "It is made anew for every video, also where it is fine. That can take long. What is there stays until its replacement is ready.";
    if (await ask({ title: `${title}: make all again?`, words, yes: "Make all again" })) await api("/api/jobs/run", { body: { kind, which: "all" } });
  },
};

function progress({ job_id: id, progress: done }) {
  const line = page.querySelector(`[data-job="${Number(id)}"]`);
  if (line) line.value = done;
}

page.addEventListener("click", doing(DEEDS, refresh));
on("progress", progress);
for (const type of ["jobs", "reset", "videos"]) on(type, again);
