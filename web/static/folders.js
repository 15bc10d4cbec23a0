// folders: the dialog that adds a folder to the libraries, by typing its path or walking to it.

import { show } from "./dialogs.js";
import { icon } from "./format.js";
import { api } from "./http.js";
import { toast } from "./toasts.js";

const dialog = document.getElementById("add-library");
const part = (id) => document.getElementById(id);
let here = { path: "", parent: null };

async function walk(path) {
  try {
    here = await api(`/api/folders?${new URLSearchParams({ path })}`);
  } catch (error) {
    return path ? complainHere(error) : undefined;
  }
  say("");
  part("add-path").value = here.path;
  part("picker-at").textContent = here.path;
  part("picker-up").disabled = !here.parent;
  part("picker-list").replaceChildren(...rows(here));
  part("picker-list").scrollTop = 0;
  return undefined;
}

function rows({ path, folders }) {
  if (folders.length) return folders.map((folder) => row(path, folder));
  const empty = Object.assign(document.createElement("li"), { className: "faint small", textContent: "No folders in here" });
  return [empty];
}

function row(path, folder) {
  // A listing may hold names or whole entries; either is enough to walk on.
  const name = typeof folder === "string" ? folder : folder.name;
  const full = folder.path || `${path.replace(/\/$/, "")}/${name}`;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "ghost" });
  button.append(icon("folders"), name);
  button.addEventListener("click", () => walk(full));
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

async function add(event) {
  event.preventDefault();
  const form = event.target;
  const [path, name] = [form.elements.path.value.trim(), form.elements.name.value.trim()];
  if (!path) return say("Type a folder, or walk to one.");
  part("add-yes").setAttribute("aria-busy", "true");
  try {
    const answer = await api("/api/libraries", { body: { path, name } });
    dialog.close("added");
    toast(`Watching ${name || path}`, { hint: answer.notice || "Its videos appear as they are found." });
  } catch (error) {
    complainHere(error);
  } finally {
    part("add-yes").removeAttribute("aria-busy");
  }
  return undefined;
}

/** Start: every [data-add-library] opens the dialog; `added` runs once a folder is watched. */
export function start(added) {
  document.addEventListener("click", async (event) => {
    if (!event.target.closest("[data-add-library]")) return;
    dialog.querySelector("form").reset();
    say("");
    const answer = show(dialog);
    walk("");
    part("add-path").focus();
    if ((await answer) === "added") added();
  });
  dialog.querySelector("form").addEventListener("submit", add);
  part("picker-up").addEventListener("click", () => walk(here.parent));
  part("add-path").addEventListener("change", (event) => event.target.value.trim() && walk(event.target.value.trim()));
}
