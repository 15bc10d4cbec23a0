// captions: subtitles over the picture: a track for every language, the menu that chooses one, and the key that shows it.

import { kept } from "./memory.js";
import { preferred } from "./transcript.js";

const OFF = "off";
// Firefox cannot move its box of cues by a style; there the cues themselves are moved.
const moveCues = "MozAppearance" in document.documentElement.style;
const LIFTED_LINE = -5;
const SETTLE_MS = 3000;
const part = (id) => document.getElementById(id);

/** Subtitles of `player`; `show` says that they are wanted now, whatever was chosen last. */
export class Captions {
  constructor(player, { show = "" } = {}) {
    this.player = player;
    this.wanted = show;
    this.tracks = [];
    this.chosen = null;
    this.settled = 0;
    part("captions").addEventListener("click", () => this.menu(part("captions-menu").hidden));
    part("captions-menu").addEventListener("change", (event) => this.choose(event.target.value));
    part("captions-menu").addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("pointerdown", (event) => event.target.closest("#captions, #captions-menu") || this.menu(false));
    // Browsers choose a track of their own when they first see some; from then on it is the person's choice.
    player.video.textTracks.addEventListener("change", () => performance.now() < this.settled && this.apply());
    if (moveCues) new MutationObserver(() => this.lift()).observe(player.stage, { attributeFilter: ["class"] });
  }

  /** Offer these tracks; what is shown stays shown, in its newest form. */
  take(tracks) {
    this.tracks = tracks;
    const had = new Map([...this.player.video.querySelectorAll("track")].map((element) => [element.dataset.id, element]));
    for (const track of tracks) {
      if (had.get(track.id)?.getAttribute("src") === track.vtt_url) had.delete(track.id);
      else this.player.video.append(element(track));
    }
    for (const old of had.values()) old.remove();
    part("captions").hidden = !tracks.length;
    if (!tracks.length) this.menu(false);
    if (this.chosen === null) this.chosen = this.first();
    if (!tracks.some((track) => track.id === this.chosen)) this.chosen = this.chosen === OFF ? OFF : this.first();
    this.settled = performance.now() + SETTLE_MS;
    this.list();
    this.apply();
  }

  /** What to show at first: the person's last choice; for whoever comes from a search the words that were found. */
  first() {
    if (this.wanted) return preferred(this.tracks, this.wanted)?.id ?? OFF;
    return kept.get("captions") === "on" ? (preferred(this.tracks)?.id ?? OFF) : OFF;
  }

  choose(id) {
    this.chosen = id;
    kept.set("captions", id === OFF ? "off" : "on");
    const track = this.tracks.find((one) => one.id === id);
    if (track) kept.set("captions.language", track.language);
    this.apply();
  }

  toggle() {
    if (!this.tracks.length) return this.player.flash("No subtitles");
    const on = this.chosen === OFF;
    this.choose(on ? preferred(this.tracks).id : OFF);
    this.player.flash(on ? this.tracks.find((one) => one.id === this.chosen).label : "Subtitles off");
    return this.player.wake();
  }

  apply() {
    for (const { track, dataset } of this.player.video.querySelectorAll("track")) {
      const mode = dataset.id === this.chosen ? "showing" : "disabled";
      if (track.mode !== mode) track.mode = mode;
    }
    for (const choice of part("captions-menu").querySelectorAll("input")) choice.checked = choice.value === this.chosen;
    const on = this.chosen !== OFF;
    part("captions").classList.toggle("is-on", on);
    part("captions").setAttribute("aria-label", on ? "Subtitles are on" : "Subtitles");
    if (moveCues) this.lift();
  }

  lift() {
    const idle = this.player.stage.classList.contains("is-idle");
    for (const { track } of this.player.video.querySelectorAll("track")) {
      track.oncuechange = () => this.lift();
      for (const cue of track.activeCues || []) cue.line = idle ? "auto" : LIFTED_LINE;
    }
  }

  // -- the menu

  list() {
    const rows = [{ id: OFF, label: "Off" }, ...this.tracks].map(({ id, label, language }) => {
      const row = document.createElement("label");
      const choice = row.appendChild(document.createElement("input"));
      Object.assign(choice, { type: "radio", name: "captions", value: id });
      row.append(label);
      if (language) row.lang = language;
      return row;
    });
    part("captions-menu").replaceChildren(...rows);
  }

  menu(open) {
    part("captions-menu").hidden = !open;
    part("captions").setAttribute("aria-expanded", open);
    if (open) part("captions-menu").querySelector(":checked")?.focus();
  }

  key(event) {
    if (event.key !== "Escape" && event.key !== "Enter") return;
    event.stopPropagation();
    event.preventDefault();
    this.menu(false);
    part("captions").focus();
  }
}

function element(track) {
  const made = document.createElement("track");
  Object.assign(made, { kind: track.hearing_impaired ? "captions" : "subtitles", label: track.label, srclang: track.language, src: track.vtt_url });
  made.dataset.id = track.id;
  return made;
}
