// words: what is said in a video, put together: fetched after the page, shown as transcript, subtitles and chapters.

import { Captions } from "./captions.js";
import { Chapters } from "./chapters.js";
import { clock } from "./format.js";
import { api } from "./http.js";
import { complain, toast } from "./toasts.js";
import { Transcript } from "./transcript.js";

const part = (id) => document.getElementById(id);

/** What the address asks for: `?t=` seconds, `&find=` words. */
export function asked() {
  const query = new URLSearchParams(location.search);
  const at = query.has("t") ? Number(query.get("t")) : NaN;
  return { at: at >= 0 ? at : null, find: query.get("find") || "" };
}

/** Everything that words are shown by; `seek` and `player` may be null. */
export class Words {
  constructor({ id, seek, player }) {
    this.id = id;
    this.player = player;
    this.seek = seek;
    this.token = undefined;
    const changed = () => this.load();
    const wanted = asked();
    this.transcript = new Transcript({ id, seek, changed, asked: wanted });
    this.chapters = new Chapters({ id, seek, changed });
    this.captions = player && new Captions(player, { show: wanted.find });
    this.tabs();
    part("copy-link")?.addEventListener("click", () => this.copyLink());
    part("chapter-now")?.addEventListener("click", () => this.tab("chapters"));
  }

  /** Fetch and show them; `token` says what the page knows: the same one is not fetched twice. */
  async load(token) {
    if (token !== undefined && token === this.token) return;
    this.token = token ?? this.token;
    const mine = (this.asking = (this.asking ?? 0) + 1);
    const found = await api(`/api/videos/${this.id}/transcript`).catch(() => null);
    // An answer that was overtaken by a later one says what was before.
    if (!found || mine < (this.newest ?? 0)) return;
    this.newest = mine;
    this.captions?.take(found.tracks);
    this.chapters.take(found.chapters);
    this.say(found);
    this.transcript.take(found.tracks);
    // Chapters without words: then these are what there is to see.
    if (!this.opened && !found.tracks.length && found.chapters.chapters.length) this.tab("chapters");
    this.opened = true;
  }

  /** Say why there is nothing to read. */
  say({ tracks, making, problem, chapters }) {
    part("words").classList.toggle("is-tall", Boolean(tracks.length || chapters.chapters.length));
    const state = part("words-state");
    state.hidden = tracks.length > 0 && !problem;
    const [words, kind] = tracks.length || problem ? [problem, "bad"] : why(making);
    state.className = `words-state is-${kind}`;
    state.firstElementChild.textContent = words;
    state.querySelector("button").hidden = kind !== "failed";
  }

  tabs() {
    const names = ["lines", "chapters"];
    for (const name of names) part(`tab-${name}`).addEventListener("click", () => this.tab(name));
    part("tab-lines").parentElement.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!way) return;
      event.stopPropagation();
      this.tab(names[(names.indexOf(this.shown ?? "lines") + 1) % 2]);
      part(`tab-${this.shown}`).focus();
    });
  }

  tab(name) {
    this.shown = name;
    for (const one of ["lines", "chapters"]) {
      part(`tab-${one}`).setAttribute("aria-selected", one === name);
      part(`tab-${one}`).tabIndex = one === name ? 0 : -1;
      part(`panel-${one}`).hidden = one !== name;
    }
    part("words").dataset.shown = name;
    if (name === "lines") this.transcript.follow(true);
  }

  async copyLink() {
    const at = Math.floor(this.seek?.now ?? 0);
    const url = `${location.origin}/watch/${this.id}?t=${at}`;
    await navigator.clipboard.writeText(url).then(() => toast(`Link to ${clock(at)} copied`), () => complain(new Error("The browser does not let pages copy here")));
  }
}

/** [words, kind] for a video without a transcript. */
function why({ state, error, speech, job }) {
  if (job) return [job === "running" ? "The transcript is being made…" : "The transcript is waiting to be made.", "made"];
  if (state === "unavailable") return [error || "What makes transcripts is not here.", "unavailable"];
  if (state === "failed") return [error || "The transcript could not be made.", "failed"];
  if (speech === false) return ["Nothing is said in it.", "empty"];
  return ["There is no transcript yet.", "empty"];
}
