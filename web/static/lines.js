// lines: a long list of timed lines: a hundred at a time become elements when they come near, the rest is only room.

import { clock, icon } from "./format.js";
import { marked } from "./finding.js";

const CHUNK = 100;
const ROW_REM = 2.25;

/** The list in `root`; `href(seconds)` is a line's address. Elements carry the line's number in data-line. */
export class Lines {
  constructor(root, href) {
    this.root = root;
    this.href = href;
    this.cues = [];
    this.marks = new Map();
    this.current = -1;
    this.entry = 0;
    this.near = new IntersectionObserver((entries) => entries.forEach((entry) => entry.isIntersecting && this.fill(entry.target)), { root, rootMargin: "600px 0px" });
  }

  /** Show other lines; what looks the same stays where it is. */
  take(cues) {
    const top = this.root.scrollTop;
    const before = this.cues;
    this.cues = cues;
    this.entry = Math.min(this.entry, Math.max(0, cues.length - 1));
    const same = before.length === cues.length && this.root.childElementCount;
    if (same) return this.update(before);
    this.near.disconnect();
    this.root.replaceChildren(...Array.from({ length: Math.ceil(cues.length / CHUNK) }, (_, at) => this.room(at)));
    for (const chunk of this.root.children) this.near.observe(chunk);
    for (const at of [0, Math.floor(Math.max(0, this.current) / CHUNK)]) if (this.root.children[at]) this.fill(this.root.children[at]);
    this.root.scrollTop = top;
    return undefined;
  }

  update(before) {
    this.cues.forEach((cue, at) => {
      const was = before[at];
      if (was.text !== cue.text || was.start !== cue.start || was.end !== cue.end || was.edited !== cue.edited) this.renew(at);
    });
  }

  room(at) {
    const chunk = document.createElement("ol");
    const count = Math.min(CHUNK, this.cues.length - at * CHUNK);
    chunk.className = "chunk";
    chunk.dataset.chunk = at;
    chunk.start = at * CHUNK + 1;
    chunk.style.minHeight = `${count * ROW_REM}rem`;
    return chunk;
  }

  fill(chunk) {
    if (chunk.childElementCount) return;
    const from = Number(chunk.dataset.chunk) * CHUNK;
    chunk.replaceChildren(...this.cues.slice(from, from + CHUNK).map((_, at) => this.row(from + at)));
    chunk.style.minHeight = "";
    this.near.unobserve(chunk);
  }

  row(at) {
    const cue = this.cues[at];
    const item = document.createElement("li");
    item.className = cue.edited ? "line is-edited" : "line";
    item.dataset.line = at;
    const link = item.appendChild(document.createElement("a"));
    Object.assign(link, { href: this.href(cue.start), className: "line-go", draggable: false, tabIndex: at === this.entry ? 0 : -1 });
    link.appendChild(document.createElement("time")).textContent = clock(cue.start);
    const words = link.appendChild(document.createElement("span"));
    words.append(...marked(cue.text, this.marks.get(at) || []));
    if (cue.edited) {
      const note = link.appendChild(document.createElement("small"));
      Object.assign(note, { className: "line-edited", textContent: "edited", title: "Somebody changed this line" });
    }
    const pencil = item.appendChild(document.createElement("button"));
    Object.assign(pencil, { type: "button", className: "ghost line-edit", tabIndex: -1, title: "Change this line (e)" });
    pencil.setAttribute("aria-label", `Change the line at ${clock(cue.start)}`);
    pencil.append(icon("edit"));
    if (at === this.current) this.point(item, true);
    return item;
  }

  point(item, on) {
    item.classList.toggle("is-now", on);
    if (on) item.firstElementChild.setAttribute("aria-current", "true");
    else item.firstElementChild.removeAttribute("aria-current");
  }

  /** The element of a line, made if it was only room. */
  element(at) {
    const chunk = at >= 0 && this.root.children[Math.floor(at / CHUNK)];
    if (!chunk) return null;
    this.fill(chunk);
    return chunk.children[at % CHUNK] ?? null;
  }

  /** Draw one line again, if it is drawn; a line that somebody is changing waits. */
  renew(at) {
    const chunk = this.root.children[Math.floor(at / CHUNK)];
    const old = chunk?.children[at % CHUNK];
    if (!old || old.classList.contains("is-open")) return;
    const focused = old.contains(document.activeElement);
    old.replaceWith(this.row(at));
    if (focused) this.element(at).firstElementChild.focus({ preventScroll: true });
  }

  /** Mark these parts: Map of line → [[from, until]]. */
  mark(marks) {
    const changed = new Set([...this.marks.keys(), ...marks.keys()]);
    this.marks = marks;
    for (const at of changed) this.renew(at);
  }

  /** Say which line is spoken now. */
  setCurrent(at) {
    const old = this.drawn(this.current);
    if (old?.firstElementChild) this.point(old, false);
    this.current = at;
    const item = this.drawn(at);
    if (item?.firstElementChild) this.point(item, true);
  }

  drawn(at) {
    return this.root.children[Math.floor(at / CHUNK)]?.children[at % CHUNK] ?? null;
  }

  /** Bring a line into sight, within this box alone. */
  show(at, { smooth = false } = {}) {
    const item = this.element(at);
    if (!item) return;
    // Its neighbours first: room that turns into lines later would push it out of sight.
    for (const beside of [at - CHUNK, at + CHUNK]) this.element(beside);
    const place = item.getBoundingClientRect().top - this.root.getBoundingClientRect().top;
    const room = this.root.clientHeight;
    this.root.scrollTo({ top: this.root.scrollTop + place - Math.min(room / 3, Math.max(0, room - item.offsetHeight) / 2), behavior: smooth && Math.abs(place) < room * 2 ? "smooth" : "instant" });
  }

  /** Put the keyboard on a line; the list is one stop of the tab key. */
  focus(at) {
    const item = this.element(at);
    if (!item) return;
    const last = this.drawn(this.entry)?.querySelector(".line-go");
    if (last) last.tabIndex = -1;
    this.entry = at;
    const link = item.querySelector(".line-go");
    link.tabIndex = 0;
    link.focus({ preventScroll: true });
    const [box, own] = [this.root.getBoundingClientRect(), item.getBoundingClientRect()];
    if (own.top < box.top || own.bottom > box.bottom) this.show(at);
  }
}
