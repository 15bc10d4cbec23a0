// chapters: the parts of a video: marks on the bar, the list with pictures, going from one to the next, changing them.

import { clock, icon, many } from "./format.js";
import { api } from "./http.js";
import { frameAt, paint } from "./sprites.js";
import { indexAt, stamp, typed } from "./times.js";
import { complain, toast } from "./toasts.js";

// "Back" within the first moments of a chapter means the chapter before.
const FRESH_SECONDS = 2;
const SOURCES = { embedded: "From the file itself", topics: "Guessed from what is said", scenes: "Guessed from long scenes" };
const part = (id) => document.getElementById(id);

/** The chapters of the video `id`; `seek` is the bar or null, `changed()` fetches them again. */
export class Chapters {
  constructor({ id, seek, changed }) {
    Object.assign(this, { id, seek, changed, list: [], edited: false, now: -1, open: -1 });
    this.root = part("chapter-list");
    this.sight = new IntersectionObserver((entries) => entries.forEach((entry) => entry.isIntersecting && this.picture(entry.target)), { root: this.root, rootMargin: "200px 0px" });
    this.root.addEventListener("click", (event) => this.clicked(event));
    part("chapter-add").addEventListener("click", () => this.add());
    part("chapter-reset").addEventListener("click", () => this.put(null, "The chapters are as they were made"));
    part("chapter-add").hidden = !seek;
    for (const name of ["timeupdate", "seeking"]) seek?.player?.video.addEventListener(name, () => this.follow());
    seek?.player?.video.addEventListener("durationchange", () => this.mark());
    if (seek) seek.titleAt = (seconds) => this.list[indexAt(this.list, seconds)]?.title ?? "";
  }

  /** Take {chapters, edited, source}. */
  take({ chapters, edited, source }) {
    const same = JSON.stringify(chapters) === JSON.stringify(this.list);
    Object.assign(this, { list: chapters, edited });
    part("chapter-source").textContent = !chapters.length ? "There are no chapters." : edited ? `${many(chapters.length, "chapter")}, changed by hand` : `${many(chapters.length, "chapter")}. ${SOURCES[source] ?? ""}`;
    part("chapter-reset").hidden = !edited;
    if (same) return;
    this.mark();
    if (this.open < 0) this.draw();
  }

  draw() {
    this.open = -1;
    this.now = -1;
    this.sight.disconnect();
    this.root.replaceChildren(...this.list.map((chapter, at) => row(chapter, at, `/watch/${this.id}?t=${chapter.start}`)));
    this.paint();
    this.follow();
  }

  /** The contact sheet came or changed. */
  paint() {
    // Those in sight since before the sheet came are told of again only when they are observed anew.
    this.sight.disconnect();
    for (const item of this.root.children) this.sight.observe(item);
  }

  picture(item) {
    const [sheet, chapter] = [this.seek?.strip, this.list[Number(item.dataset.chapter)]];
    const holder = item.querySelector(".chapter-picture");
    if (!sheet || !chapter || !holder) return;
    this.sight.unobserve(item);
    // A little after the cut: the first picture of a part is often black.
    paint(holder.firstElementChild, sheet, frameAt(sheet, chapter.start + Math.min(2, (chapter.end - chapter.start) / 3)), holder.clientWidth, holder.clientHeight);
  }

  mark() {
    const whole = this.seek?.duration || 0;
    const marks = whole ? this.list.filter(({ start }) => start > 0 && start < whole) : [];
    part("chapter-marks")?.replaceChildren(...marks.map(({ start }) => {
      const made = document.createElement("i");
      made.style.left = `${(start / whole) * 100}%`;
      return made;
    }));
  }

  follow() {
    const now = indexAt(this.list, this.seek?.now ?? 0);
    if (now === this.now) return;
    this.root.children[this.now]?.querySelector(".chapter-go")?.removeAttribute("aria-current");
    this.now = now;
    const item = this.root.children[now];
    item?.querySelector(".chapter-go")?.setAttribute("aria-current", "true");
    if (item && !this.root.matches(":hover, :focus-within")) this.root.scrollTo({ top: item.offsetTop - this.root.clientHeight / 3, behavior: "smooth" });
    const title = part("chapter-now");
    if (!title) return;
    title.hidden = now < 0;
    title.textContent = this.list[now]?.title ?? "";
    title.title = title.textContent;
  }

  /** Go to the next chapter (1), or to this one's beginning and then to the one before (-1). Says whether there is one. */
  step(way) {
    if (!this.list.length || !this.seek) return false;
    const here = indexAt(this.list, this.seek.now);
    const back = this.seek.now - (this.list[here]?.start ?? 0) > FRESH_SECONDS ? here : here - 1;
    const chapter = this.list[Math.max(0, way > 0 ? here + 1 : back)];
    if (!chapter) return false;
    this.seek.go(chapter.start);
    this.seek.player?.flash(chapter.title);
    return true;
  }

  clicked(event) {
    const at = Number(event.target.closest("[data-chapter]")?.dataset.chapter ?? -1);
    if (event.target.closest(".chapter-edit")) this.edit(at);
    if (!event.target.closest(".chapter-go") || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.seek?.go(this.list[at].start);
  }

  // -- changing

  add() {
    const start = Math.round(this.seek.now * 100) / 100;
    const near = this.list.findIndex((chapter) => Math.abs(chapter.start - start) < 0.5);
    if (near >= 0) return this.edit(near);
    const title = `Chapter ${indexAt(this.list, start) + 2}`;
    return this.put([...this.list, { start, title }], "Chapter added").then((done) => done && this.edit(this.list.findIndex((chapter) => chapter.start === start)));
  }

  edit(at) {
    const item = this.root.children[at];
    if (!item || this.open === at) return;
    if (this.open >= 0) this.draw();
    this.open = at;
    const chapter = this.list[at];
    // Looked up when it is saved: somebody else may have changed another one since.
    const others = () => this.list.filter((one) => one.start !== chapter.start || one.title !== chapter.title);
    form(this.root.children[at], chapter, {
      now: this.seek ? () => this.seek.now : null,
      close: () => { this.draw(); this.root.children[at]?.querySelector(".chapter-edit").focus(); },
      remove: () => this.put(others(), "Chapter removed"),
      save: (wanted) => this.put([...others(), wanted], "Chapter saved"),
    });
  }

  /** Send all chapters, or null for those that were made; tells what came of it, and offers the way back. */
  async put(chapters, words) {
    const before = this.edited ? this.list : null;
    const send = (list) => api(`/api/videos/${this.id}/chapters`, { method: "PUT", body: { chapters: list?.map(({ start, title }) => ({ start, title })) ?? null } });
    try {
      const answer = await send(chapters);
      this.open = -1;
      await this.changed();
      this.draw();
      toast(words, { hint: answer.notice || "", action: { label: "Undo", run: () => send(before).then(this.changed).catch(complain) } });
      return true;
    } catch (error) {
      complain(error);
      return false;
    }
  }
}

function row({ start, end, title }, at, href) {
  const item = document.createElement("li");
  item.className = "chapter";
  item.dataset.chapter = at;
  const link = item.appendChild(document.createElement("a"));
  Object.assign(link, { className: "chapter-go", href });
  const picture = link.appendChild(document.createElement("span"));
  picture.className = "chapter-picture";
  picture.append(document.createElement("i"));
  const words = link.appendChild(document.createElement("span"));
  words.className = "chapter-words";
  words.appendChild(document.createElement("b")).textContent = title;
  words.appendChild(document.createElement("small")).textContent = `${clock(start)} · ${length(end - start)}`;
  const pencil = item.appendChild(document.createElement("button"));
  Object.assign(pencil, { type: "button", className: "ghost chapter-edit", title: "Change this chapter" });
  pencil.setAttribute("aria-label", `Change the chapter ${title}`);
  pencil.append(icon("edit"));
  return item;
}

function length(seconds) { return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`; }

function form(item, chapter, { now, close, remove, save }) {
  const made = document.createElement("form");
  made.className = "line-form";
  const title = field(made, "Title", chapter.title);
  const times = made.appendChild(document.createElement("div"));
  times.className = "line-times";
  const start = field(times, "Begins at", stamp(chapter.start));
  if (now) button(times, "Now", "tiny", () => { start.value = stamp(now()); });
  const foot = made.appendChild(document.createElement("div"));
  foot.className = "line-foot";
  button(foot, "Remove", "ghost tiny danger", remove).prepend(icon("trash"));
  button(foot, "Cancel", "ghost tiny", close);
  button(foot, "Save", "primary tiny").type = "submit";
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    const at = typed(start.value, chapter.start);
    if (Number.isFinite(at)) save({ start: at, title: title.value });
    else complain(new Error("A time is written like 1:02.50"));
  });
  made.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
  });
  item.replaceChildren(made);
  title.focus();
  title.select();
}

function field(holder, words, value) {
  const label = holder.appendChild(document.createElement("label"));
  label.append(words);
  const input = label.appendChild(document.createElement("input"));
  return Object.assign(input, { type: "text", value, autocomplete: "off", maxLength: 200 });
}

function button(holder, label, look, run) {
  const made = holder.appendChild(document.createElement("button"));
  Object.assign(made, { type: "button", className: look, textContent: label });
  if (run) made.addEventListener("click", run);
  return made;
}
