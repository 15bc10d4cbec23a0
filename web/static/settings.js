// settings: the Settings page: models that come and go, and what this machine can do, which takes seconds to find out.

import { doing } from "./deeds.js";
import { ask } from "./dialogs.js";
import { size } from "./format.js";
import { api, fragment } from "./http.js";
import { coalesce, on } from "./live.js";
import { children } from "./morph.js";
import { offer } from "./pulling.js";
import { complain, toast } from "./toasts.js";
import { alone } from "./turns.js";

const models = document.getElementById("models");
const machine = document.getElementById("machine");

const refresh = alone(async () => {
  const parts = await fragment("/fragments/settings/models").catch(() => null);
  if (parts) children(models, parts);
});

async function look(again = "") {
  const busy = again && machine.querySelector("[data-do=look]");
  if (busy) { busy.disabled = true; busy.setAttribute("aria-busy", "true"); }
  try {
    machine.replaceChildren(...(await fragment(`/fragments/settings/machine${again}`)).childNodes);
  } catch (error) {
    complain(error);
    machine.querySelector("[data-waits]")?.replaceChildren("It could not be found out just now. Load the page again.");
  } finally {
    machine.removeAttribute("aria-busy");
  }
}

const DEEDS = {
  look: () => look("?again"),
  pull: ({ model }) => offer(model),
  cancel: ({ id }) => api(`/api/jobs/${id}`, { method: "DELETE" }),
  remove: async ({ model, bytes, users }) => {
    const wanted = users ? `${users} asks for it, and will be unavailable for new videos. ` : "";
    const words = `${wanted}${size(Number(bytes))} are freed. What was made with it stays, and it can be downloaded again.`;
    if (!(await ask({ title: `Remove ${model}?`, words, yes: "Remove the model", danger: true }))) return;
    await api(`/api/models/${encodeURIComponent(model)}`, { method: "DELETE" });
    toast(`${model} was removed`);
  },
};

async function copied({ copy }) {
  await navigator.clipboard.writeText(copy).then(() => toast("Copied"), () => toast("The browser does not let pages copy here", { bad: true }));
}

const done = doing(DEEDS, refresh);

function clicked(event) {
  const copy = event.target.closest("[data-copy]");
  return copy ? copied(copy.dataset) : done(event);
}

document.getElementById("main").addEventListener("click", clicked);
const again = coalesce(400, refresh);
for (const type of ["jobs", "reset"]) on(type, again);
look();
