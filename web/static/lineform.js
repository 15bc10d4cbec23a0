// lineform: one line of a transcript being changed in its place: its words and its times.

import { icon } from "./format.js";
import { stamp, typed } from "./times.js";

/**
 * Turn the element `item` of `cue` into a form. Enter saves, Shift+Enter breaks the line, Escape leaves it as it was.
 * @param {object} deeds save({start, end, text}) and close() when it is over; remove() takes the line away.
 */
export function open(item, cue, { save, close, remove }) {
  const form = document.createElement("form");
  form.className = "line-form";
  const text = form.appendChild(document.createElement("textarea"));
  Object.assign(text, { value: cue.text, rows: Math.min(5, cue.text.split("\n").length + 1), maxLength: 2000 });
  text.setAttribute("aria-label", "What is said");
  const times = form.appendChild(document.createElement("div"));
  times.className = "line-times";
  const [from, until] = ["start", "end"].map((which) => time(times, which, cue[which]));
  const foot = form.appendChild(document.createElement("div"));
  foot.className = "line-foot";
  const away = button(foot, "Remove", "ghost tiny danger", () => remove());
  away.prepend(icon("trash"));
  button(foot, "Cancel", "ghost tiny", () => close());
  const done = button(foot, "Save", "primary tiny");
  done.type = "submit";
  const problem = form.appendChild(document.createElement("p"));
  Object.assign(problem, { className: "error", hidden: true });
  problem.setAttribute("role", "alert");
  const wanted = () => ({ start: typed(from.value, cue.start), end: typed(until.value, cue.end), text: text.value.trim() });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const now = wanted();
    const wrong = problemOf(now);
    problem.hidden = !wrong;
    problem.textContent = wrong;
    if (!wrong) save(now);
  });
  form.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Escape") close();
    if (event.key === "Enter" && event.target === text && !event.shiftKey) { event.preventDefault(); form.requestSubmit(); }
  });
  item.classList.add("is-open");
  item.replaceChildren(form);
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
  form.scrollIntoView({ block: "nearest" });
}

function problemOf({ start, end }) {
  if (!Number.isFinite(start) || !Number.isFinite(end)) return "A time is written like 1:02.50";
  return end > start ? "" : "The line must end after it starts";
}

function time(holder, which, seconds) {
  const label = holder.appendChild(document.createElement("label"));
  label.append(which === "start" ? "From" : "to");
  const input = label.appendChild(document.createElement("input"));
  Object.assign(input, { type: "text", value: stamp(seconds), inputMode: "decimal", autocomplete: "off", spellcheck: false });
  return input;
}

function button(holder, label, look, run) {
  const made = holder.appendChild(document.createElement("button"));
  Object.assign(made, { type: "button", className: look, textContent: label });
  if (run) made.addEventListener("click", run);
  return made;
}
