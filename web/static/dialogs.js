// dialogs: native <dialog>s: opening, closing by button or backdrop, and asking a yes-or-no question.

/** Open a dialog; resolves with its return value ("" when let go). */
export function show(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
}

/** Ask before something that matters; true for yes. */
export async function ask({ title, words, yes, danger = false }) {
  const copy = document.getElementById("ask-template").content.cloneNode(true);
  const dialog = copy.querySelector("dialog");
  for (const [slot, text] of Object.entries({ title, words, yes })) dialog.querySelector(`[data-slot="${slot}"]`).textContent = text;
  dialog.querySelector('[data-slot="yes"]').className = danger ? "danger" : "primary";
  document.body.append(dialog);
  const answer = await show(dialog);
  dialog.remove();
  return answer === "yes";
}

/** Close buttons and clicks on the backdrop, for every dialog of the page. */
export function start() {
  document.addEventListener("click", (event) => {
    const dialog = event.target.closest?.("dialog");
    if (!dialog) return;
    if (event.target.closest("[data-close]")) dialog.close("");
    else if (event.target === dialog && outside(dialog, event)) dialog.close("");
  });
}

function outside(dialog, { clientX, clientY }) {
  const box = dialog.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}
