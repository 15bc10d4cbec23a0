// folders: the dialog that adds a folder to the libraries, by typing its path or walking to it.

import { show } from "./dialogs.js";
import { icon } from "./format.js";
import { api } from "./http.js";
import { toast } from "./toasts.js";

const dialog = document.getElementById("add-library");
const part = (id) => document.getElementById(id);
let here = { path: "", parent: null };
let walks = 0;

async function walk(path) {
  const mine = (walks += 1);
  const typed = part("add-path").value;
  const found = await api(`/api/folders?${new URLSearchParams({ path })}`).catch((error) => { if (path && mine === walks) complainHere(error); });
  // Whoever walked on since is elsewhere.
  if (!found || mine !== walks) return;
  here = found;
  say("");
  // What was typed meanwhile is where one wants to go.
  if (part("add-path").value === typed) part("add-path").value = here.path;
  part("picker-at").textContent = here.path;
  part("picker-up").disabled = !here.parent;
  part("picker-list").replaceChildren(...rows(here));
  part("picker-list").scrollTop = 0;
}

function rows({ folders }) {
  if (folders.length) return folders.map(row);
  const empty = Object.assign(document.createElement("li"), { className: "faint small", textContent: "No folders in here" });
  return [empty];
}

function row({ name, path }) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "ghost" });
  button.append(icon("folders"), name);
  button.addEventListener("click", () => walk(path));
  const item = document.createElement("li");
  item.append(button);
  return item;
}

function say(words) {
  part("add-error").textContent = words;
  part("add-error").hidden = !words;
  part("add-path").toggleAttribute("aria-invalid", Boolean(words));
}

const complainHere = (error) => say([error.message, error.hint].filter(Boolean).join(". "));

async function watch(path, name, button) {
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await api("/api/libraries", { body: { path, name } });
    toast(`Watching ${name || path}`, { hint: answer.notice || "Its videos appear as they are found." });
  } finally {
    button.removeAttribute("aria-busy");
  }
}

async function add(event) {
  event.preventDefault();
  const { path, name } = event.target.elements;
  if (!path.value.trim()) return say("Type a folder, or walk to one.");
  await watch(path.value.trim(), name.value.trim(), part("add-yes")).then(() => dialog.close("added"), complainHere);
  return undefined;
}

/** The first page's own field: the folder is added at once, or the dialog opens on what was typed and says why not. */
async function addFirst(event, added) {
  const form = event.target.closest("[data-first]");
  if (!form) return;
  event.preventDefault();
  const path = form.elements.path.value.trim();
  if (!path) return open(added);
  await watch(path, "", form.querySelector("button")).then(added, (error) => { open(added, path); complainHere(error); });
}

async function open(added, path = "") {
  dialog.querySelector("form").reset();
  say("");
  const answer = show(dialog);
  part("add-path").value = path;
  if (!path) walk("");
  part("add-path").focus();
  if ((await answer) === "added") added();
}

/** Start: every [data-add-library] opens the dialog; `added` runs once a folder is watched. */
export function start(added) {
  document.addEventListener("click", (event) => event.target.closest("[data-add-library]") && open(added));
  document.addEventListener("submit", (event) => addFirst(event, added));
  dialog.querySelector("form").addEventListener("submit", add);
  part("picker-up").addEventListener("click", () => walk(here.parent));
  part("add-path").addEventListener("change", (event) => event.target.value.trim() && walk(event.target.value.trim()));
}
