// libraries: the Libraries page: each folder's state, live, and adding, looking, deciding and removing.

import { doing } from "./deeds.js";
import { ask } from "./dialogs.js";
import * as folders from "./folders.js";
import { many } from "./format.js";
import { api, fragment } from "./http.js";
import { coalesce, on } from "./live.js";
import { children } from "./morph.js";
import { complain, toast } from "./toasts.js";
import { alone } from "./turns.js";

const page = document.getElementById("libraries");

const refresh = alone(async () => {
  const parts = await fragment("/fragments/libraries").catch(() => null);
  if (parts) children(page, parts);
});

const DEEDS = {
  scan: ({ id }) => api(`/api/libraries/${id}/scan`, { method: "POST" }),
  accept: async ({ id, words }) => {
    const text = `${words}\n\nTheir rows are marked as gone and kept for a while with their tags. No file is touched.`;
    if (await ask({ title: "Are they gone on purpose?", words: text, yes: "Yes, they are gone", danger: true })) await api(`/api/libraries/${id}/accept-loss`, { method: "POST" });
  },
  remove: async ({ id, name, videos }) => {
    const text = `${many(Number(videos), "video")} will no longer be shown, and the folder no longer watched. No file is touched: your videos, their tags and their pictures stay in the folder. Add it again and everything is back.`;
    if (!(await ask({ title: `Remove ${name}?`, words: text, yes: "Remove from vidwatchd", danger: true }))) return;
    await api(`/api/libraries/${id}`, { method: "DELETE" });
    toast(`${name} is no longer watched`, { hint: "No file was touched." });
  },
};

async function switched({ target }) {
  if (!target.matches("[data-keeps]")) return;
  const stored = target.checked;
  try {
    await api(`/api/libraries/${target.dataset.keeps}`, { method: "PATCH", body: { stored } });
    toast(stored ? "Stored forms are made here" : "No stored form is made here by itself any more", stored ? {} : { hint: "What is made stays." });
  } catch (error) {
    target.checked = !stored;
    complain(error);
  } finally {
    refresh();
  }
}

page.addEventListener("click", doing(DEEDS, refresh));
page.addEventListener("change", switched);
folders.start(refresh);
const again = coalesce(400, refresh);
for (const type of ["library", "reset", "videos"]) on(type, again);
