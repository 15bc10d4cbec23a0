// editing: the settings changed in place: each is saved by itself, and says beside it whether it was.

import { api } from "./http.js";
import { inTurn } from "./turns.js";

const SAID_MS = 4000;
const all = document.getElementById("all-settings");

/** What stands in a control, as JSON takes it. Throws a sentence that helps. */
function given(row, control) {
  const { type } = row.dataset;
  if (type === "bool") return control.checked;
  if (type === "number") {
    if (control.value === "" || !Number.isFinite(control.valueAsNumber)) throw new Error("A number is needed.");
    if (!control.validity.valid) throw new Error(control.validationMessage);
    return control.valueAsNumber;
  }
  if (type === "list") return listed(control.value, JSON.parse(row.dataset.default).concat(JSON.parse(row.dataset.value)));
  if (type === "text" && !control.value && JSON.parse(row.dataset.default) === null) return null;
  return control.value;
}

function listed(text, samples) {
  const words = text.split(",").map((word) => word.trim()).filter(Boolean);
  const numbers = samples.length > 0 && samples.every((sample) => typeof sample === "number");
  if (numbers && words.some((word) => !Number.isFinite(Number(word)))) throw new Error("Numbers with commas between them are needed.");
  return numbers ? words.map(Number) : words;
}

function put(row, text) {
  const control = row.querySelector("[data-control]");
  const value = JSON.parse(text);
  if (row.dataset.type === "bool") control.checked = value;
  else control.value = Array.isArray(value) ? value.join(", ") : (value ?? "");
}

const send = inTurn((body) => api("/api/settings", { method: "PATCH", body }));
const timers = new WeakMap();

function status(row, words) {
  clearTimeout(timers.get(row));
  row.querySelector("[role=status]").textContent = words;
}

function error(row, words) {
  row.querySelector("[role=alert]").textContent = words;
  row.querySelector("[data-control]").setAttribute("aria-invalid", String(Boolean(words)));
}

/** Take a row as the daemon has it now. */
function take(fresh) {
  const row = all.querySelector(`.set[data-key="${CSS.escape(fresh.key)}"]`);
  if (!row?.querySelector("[data-control]")) return;
  row.dataset.value = fresh.value;
  row.classList.toggle("is-changed", fresh.changed);
  row.querySelector("[data-do=reset]").hidden = !fresh.changed;
  if (!row.contains(document.activeElement) || document.activeElement.type === "checkbox") put(row, fresh.value);
}

function count() {
  for (const note of all.querySelectorAll("[data-count]")) {
    const changed = note.closest("details").querySelectorAll(".is-changed").length;
    note.textContent = `${changed ? `${changed} changed of ` : ""}${note.dataset.count}`;
  }
  const changed = all.querySelectorAll(".is-changed").length;
  document.getElementById("settings-changed").textContent = changed ? `${changed} ${changed === 1 ? "differs" : "differ"} from the default` : "Everything is as it comes";
}

/** Save a value; null takes the setting back to its default. */
async function save(row, value) {
  if (JSON.stringify(value) === JSON.stringify(JSON.parse(row.dataset.value))) {
    error(row, "");
    return;
  }
  const { key } = row.dataset;
  status(row, "Saving…");
  error(row, "");
  try {
    const answer = await send({ [key]: value });
    answer.settings.forEach(take);
    status(row, "Saved");
    timers.set(row, setTimeout(() => status(row, ""), SAID_MS));
    count();
  } catch (problem) {
    status(row, "");
    error(row, [problem.message, problem.hint].filter(Boolean).join(". "));
    if (value === null || row.dataset.type === "bool" || row.dataset.type === "choice") put(row, row.dataset.value);
  }
}

function changed({ target }) {
  const row = target.closest(".set");
  if (!row || !target.matches("[data-control]")) return;
  try {
    save(row, given(row, target));
  } catch (problem) {
    error(row, problem.message);
  }
}

function keyed(event) {
  const row = event.target.matches("[data-control]") && event.target.closest(".set");
  if (!row || event.key !== "Escape") return;
  put(row, row.dataset.value);
  error(row, "");
}

function clicked(event) {
  const row = event.target.closest("[data-do=reset]")?.closest(".set");
  if (!row) return;
  event.stopPropagation();
  put(row, row.dataset.default);
  save(row, null).then(() => row.querySelector("[data-control]").focus());
}

all.addEventListener("change", changed);
all.addEventListener("keydown", keyed);
all.addEventListener("click", clicked);
