// compact: the Watch page's stored form: its panel, and changing between the film and its compact copy while it plays.

import { address, read } from "./streams.js";
import { morph } from "./morph.js";
import { complain } from "./toasts.js";

const part = (id) => document.getElementById(id);

/** Lay a fresh panel over the one that is there; what plays stays marked. */
export function lay(parts) {
  const panel = part("stored-form");
  const fresh = parts.getElementById("stored-form");
  if (!panel || !fresh) return;
  const playing = panel.querySelector("[aria-pressed=true]")?.dataset.which;
  if (playing) for (const button of fresh.querySelectorAll("[data-which]")) button.setAttribute("aria-pressed", String(button.dataset.which === playing));
  morph(panel, fresh);
}

function mark(page, which) {
  for (const button of page.querySelectorAll("[data-play][aria-pressed]")) button.setAttribute("aria-pressed", String(button.dataset.which === which));
  part("compact-note").hidden = which === "original";
}

/** Play from `url` on, at the time where it is now. */
function change(player, url) {
  const { video } = player;
  const at = video.currentTime;
  const went = !video.paused;
  part("cannot").hidden = true;
  video.addEventListener("loadedmetadata", () => { if (at) player.seek(at); }, { once: true });
  video.src = url;
  if (went) player.play();
  player.show();
}

async function play(page, player, button) {
  const { dataset } = button;
  if (!player || button.ariaBusy === "true") return;
  const original = dataset.which === "original";
  const id = new URL(dataset.play, location).pathname.split("/").pop();
  button.ariaBusy = "true";
  try {
    change(player, original ? dataset.play : await address(id, false));
    mark(page, dataset.which);
    player.stage.scrollIntoView({ block: "nearest" });
  } catch (error) {
    complain(error);
  } finally {
    button.ariaBusy = null;
  }
}

/** Follow the buttons of the page that play one or the other, and the one that shows the text. */
export function start(page, player) {
  page.addEventListener("click", (event) => {
    const button = event.target.closest("[data-play]");
    if (button) play(page, player, button);
    const script = event.target.closest("[data-script]");
    if (!script || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    read(script.href, script.dataset.script);
  });
}
