// transcript: what is said, beside the player: it follows, seeks, is searched, copied and put right line by line.

import { find, gather } from "./finding.js";
import { clock } from "./format.js";
import { api } from "./http.js";
import { open } from "./lineform.js";
import { Lines } from "./lines.js";
import { kept } from "./memory.js";
import { indexAt } from "./times.js";
import { complain, toast } from "./toasts.js";

const FIND_MS = 120;
const part = (id) => document.getElementById(id);

/** The panel of the video `id`; `seek` knows the time (or is null), `changed()` fetches the words again. */
export class Transcript {
  constructor({ id, seek, changed, asked }) {
    Object.assign(this, { id, seek, changed, asked, tracks: [], cues: [], matches: [], match: -1, following: true, editing: -1 });
    this.lines = new Lines(part("lines"), (seconds) => `/watch/${id}?t=${Math.floor(seconds * 10) / 10}`);
    this.listen();
    part("words-find").value = asked.find;
  }

  listen() {
    const list = part("lines");
    list.addEventListener("click", (event) => this.clicked(event));
    list.addEventListener("dblclick", (event) => event.target.closest(".line-go") && this.edit(lineOf(event)));
    list.addEventListener("keydown", (event) => this.key(event));
    // Only what a person does stops the following: chunks that are filled and the following itself scroll too.
    for (const name of ["wheel", "touchmove"]) list.addEventListener(name, () => this.follows(false), { passive: true });
    list.addEventListener("pointerdown", (event) => event.target === list && this.follows(false));
    part("follow").addEventListener("click", () => { this.follows(true); this.follow(true); });
    part("words-track").addEventListener("change", (event) => this.choose(event.target.value));
    // A press would let go of the selection that is about to be copied.
    part("words-copy").addEventListener("mousedown", (event) => event.preventDefault());
    part("words-copy").addEventListener("click", () => this.copy());
    this.listenFind();
    for (const name of ["timeupdate", "seeking"]) this.seek?.player?.video.addEventListener(name, () => this.follow());
  }

  listenFind() {
    const box = part("words-find");
    box.addEventListener("input", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.search(), FIND_MS); });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); this.step(event.shiftKey ? -1 : 1); }
      if (event.key === "Escape") { box.value = ""; this.search(); box.blur(); }
    });
    part("find-previous").addEventListener("click", () => this.step(-1));
    part("find-next").addEventListener("click", () => this.step(1));
  }

  /** Show these tracks; the one that was shown stays. */
  take(tracks) {
    this.tracks = tracks;
    const choice = part("words-track");
    choice.replaceChildren(...tracks.map(({ id, label }) => new Option(label, id)));
    part("words-track-box").hidden = tracks.length < 2;
    part("words-tools").hidden = !tracks.length;
    const shown = tracks.find(({ id }) => id === this.track?.id) || preferred(tracks, this.asked.find);
    if (shown) choice.value = shown.id;
    this.show(shown);
  }

  choose(id) {
    this.close();
    this.show(this.tracks.find((track) => track.id === id));
    this.follow(true);
  }

  show(track) {
    const first = !this.track;
    this.track = track;
    if (this.editing >= 0) return;
    this.cues = track?.cues || [];
    this.gathered = gather(this.cues);
    part("lines").lang = track?.language || "";
    this.lines.take(this.cues);
    const now = (first ? this.asked.at : null) ?? this.seek?.now ?? 0;
    this.lines.setCurrent(indexAt(this.cues, now));
    this.search({ near: now, stay: !first });
    if (first && this.match < 0 && this.lines.current >= 0) this.lines.show(this.lines.current);
  }

  // -- following

  follow(force = false) {
    const at = indexAt(this.cues, this.seek?.now ?? 0);
    if (at === this.lines.current && !force) return;
    this.lines.setCurrent(at);
    if (this.following && this.editing < 0 && at >= 0) this.lines.show(at, { smooth: !force });
  }

  follows(on) {
    this.following = on;
    part("follow").hidden = on || !this.cues.length || !this.seek;
  }

  go(at) {
    this.follows(true);
    this.seek?.go(this.cues[at].start);
    this.follow();
  }

  clicked(event) {
    const at = lineOf(event);
    if (event.target.closest(".line-edit")) this.edit(at);
    if (!event.target.closest(".line-go") || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (event.detail && !getSelection().isCollapsed && getSelection().containsNode(event.target, true)) return;
    this.lines.focus(at);
    this.go(at);
  }

  key(event) {
    const link = event.target.closest(".line-go");
    if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = lineOf(event);
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 10, PageUp: at - 10, Home: 0, End: this.cues.length - 1 };
    if (event.key in moves) {
      this.follows(false);
      this.lines.focus(Math.min(this.cues.length - 1, Math.max(0, moves[event.key])));
    } else if (event.key === "e") this.edit(at);
    else if (event.key === " " && this.seek?.player) this.seek.player.toggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // -- searching

  search({ near = null, stay = false } = {}) {
    this.matches = find(part("words-find").value, this.gathered || gather([]));
    const marks = new Map();
    const put = (line, from, until) => marks.set(line, [...(marks.get(line) || []), [from, until]]);
    for (const { line, to, from, until } of this.matches) {
      for (let at = line; at <= to; at += 1) put(at, at === line ? from : 0, at === to ? until : this.cues[at].text.length);
    }
    this.lines.mark(marks);
    if (stay) this.match = Math.min(this.match, this.matches.length - 1);
    else this.match = this.nearest(near ?? this.seek?.now ?? 0);
    this.tell();
    if (!stay && this.match >= 0) this.reveal();
  }

  /** The first match that is not over at `seconds`, else the first of all. */
  nearest(seconds) {
    const next = this.matches.findIndex(({ to }) => this.cues[to].end > seconds);
    return this.matches.length ? Math.max(0, next) : -1;
  }

  step(way) {
    if (!this.matches.length) return;
    this.match = (this.match + way + this.matches.length) % this.matches.length;
    this.tell();
    this.reveal();
  }

  reveal() {
    const { line, to } = this.matches[this.match];
    if (this.lines.current < line || this.lines.current > to) this.follows(false);
    this.lines.show(line);
  }

  tell() {
    part("lines").querySelector(".is-found")?.classList.remove("is-found");
    if (this.match >= 0) this.lines.element(this.matches[this.match].line)?.classList.add("is-found");
    const asked = part("words-find").value.trim();
    part("find-count").textContent = !asked ? "" : this.matches.length ? `${this.match + 1} of ${this.matches.length}` : "nothing";
    for (const id of ["find-previous", "find-next"]) part(id).disabled = this.matches.length < 2;
    part("finder-steps").hidden = !asked;
  }

  // -- copying

  async copy() {
    const chosen = this.selected();
    const cues = chosen.length ? chosen : this.cues;
    const text = cues.map((cue) => `${clock(cue.start)}  ${cue.text.replace(/\s+/g, " ")}`).join("\n");
    const words = chosen.length ? `${chosen.length === 1 ? "The line" : `${chosen.length} lines`} copied` : "The transcript is copied";
    await navigator.clipboard.writeText(text).then(() => toast(words), () => toast("The browser does not let pages copy here", { bad: true }));
  }

  /** The lines that the selection touches. */
  selected() {
    const selection = getSelection();
    if (selection.isCollapsed) return [];
    return [...part("lines").querySelectorAll(".line")].filter((line) => selection.containsNode(line, true)).map((line) => this.cues[Number(line.dataset.line)]);
  }

  // -- changing

  edit(at) {
    const cue = this.cues[at];
    if (!cue || this.editing === at) return;
    this.close();
    this.editing = at;
    open(this.lines.element(at), cue, {
      save: (wanted) => this.save(cue, wanted),
      remove: () => this.save(cue, { ...cue, text: "" }),
      close: () => this.close(true),
    });
  }

  /** Put the line that was being changed back as it is. */
  close(focus = false) {
    const at = this.editing;
    if (at < 0) return;
    this.editing = -1;
    this.lines.element(at).classList.remove("is-open");
    this.lines.renew(at);
    if (focus) this.lines.focus(at);
    this.show(this.track);
  }

  async save(was, { start, end, text }) {
    const same = start === was.start && end === was.end;
    if (same && text === was.text) return this.close(true);
    const track = this.track.id;
    const put = (body) => api(`/api/videos/${this.id}/transcript/${encodeURIComponent(track)}`, { method: "PUT", body });
    try {
      await put({ start, end, text, was: { start: was.start, end: was.end } });
    } catch (error) {
      return complain(error);
    }
    this.close(true);
    await this.changed();
    // Taken away, its own time is all there is to find it by.
    const back = { start: was.start, end: was.end, text: was.text, ...(text ? { was: { start, end } } : {}) };
    return toast(text ? "Line saved" : "Line removed", { action: { label: "Undo", run: () => put(back).then(this.changed).catch(complain) } });
  }
}

function lineOf(event) { return Number(event.target.closest("[data-line]")?.dataset.line ?? -1); }

/** The language without its region: "pt" of "pt-BR". */
function base(language) { return language.toLowerCase().split("-")[0]; }

/** The track in the person's last language, else the one meant to be shown, else one in a language of the browser's. */
export function preferred(tracks, any = "") {
  const whole = tracks.filter((track) => !track.forced);
  const last = kept.get("captions.language");
  const speaks = (language) => whole.find((track) => track.language && base(track.language) === base(language));
  // Whoever comes from a search wants the track that holds the words.
  const holds = any && whole.find((track) => find(any, gather(track.cues)).length);
  return holds || whole.find((track) => track.language === last) || whole.find((track) => track.default) || navigator.languages.map(speaks).find(Boolean) || whole[0] || tracks[0] || null;
}
