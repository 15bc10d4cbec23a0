// toasts: short words at the page's lower edge; a failure stays until it is read.

const SHOWN_MS = 4500;

/** Say something. `action` is {label, run}. Returns the function that takes it away. */
export function toast(words, { hint = "", bad = false, action = null } = {}) {
  const stack = document.getElementById("toasts");
  const note = document.createElement("div");
  note.className = bad ? "toast is-bad" : "toast";
  const text = note.appendChild(document.createElement("span"));
  text.textContent = words;
  if (hint) text.appendChild(document.createElement("small")).textContent = hint;
  const away = () => {
    note.remove();
    if (!stack.childElementCount && stack.matches(":popover-open")) stack.hidePopover();
  };
  if (action) button(note, action.label, () => { away(); action.run(); });
  if (bad) button(note, "OK", away);
  else setTimeout(away, action ? SHOWN_MS * 2 : SHOWN_MS);
  // Shown again each time: the top layer is a stack, and a dialog may have opened since.
  if (stack.matches(":popover-open")) stack.hidePopover();
  stack.append(note);
  stack.showPopover();
  return away;
}

function button(note, label, run) {
  const control = note.appendChild(document.createElement("button"));
  control.type = "button";
  control.textContent = label;
  control.addEventListener("click", run);
}

/** Say what went wrong, and what helps. An aborted request says nothing. */
export function complain(error) {
  if (error.name === "AbortError") return;
  toast(error.message, { hint: error.hint, bad: true });
}
