// keys: one table of shortcuts a page; single keys and two-key sequences ("g l"), never while somebody types.

const SEQUENCE_MS = 1200;
const table = new Map();
let first = "";
let firstAt = 0;

/** Bind keys: {"x": fn, "g l": fn}. A function that returns false leaves the key to the browser. */
export function bind(bindings) {
  for (const [keys, fn] of Object.entries(bindings)) table.set(keys, fn);
}

/** Whether the person is typing, or a control under focus needs `key` itself. */
export function busy(target, key) {
  if (document.querySelector("dialog:modal")) return true;
  const control = target.closest?.("input, textarea, select, button, a, summary, [contenteditable], [role=slider]");
  if (!control) return false;
  if (control.matches("input[type=checkbox]")) return key === " ";
  if (control.matches("input, textarea, select, [contenteditable]")) return true;
  if (control.matches("[role=slider]")) return key.startsWith("Arrow") || key === "Home" || key === "End";
  return key === "Enter" || key === " ";
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || busy(event.target, event.key)) return;
  const sequence = event.timeStamp - firstAt < SEQUENCE_MS ? `${first} ${event.key}` : "";
  const fn = table.get(sequence) || table.get(event.key);
  [first, firstAt] = fn ? ["", 0] : [event.key, event.timeStamp];
  if (fn && fn(event) !== false) event.preventDefault();
}

document.addEventListener("keydown", press);
