// lanes: who is seen in the video and when: a lane a person, spans that lead there, and naming in place.

import * as decisions from "./decisions.js";
import { clock, many } from "./format.js";
import { api } from "./http.js";
import { coalesce, on } from "./live.js";
import * as naming from "./naming.js";
import { alone } from "./turns.js";

const EVENT_MS = 700;
const BUSY_MS = 1200;
const part = (id) => document.getElementById(id);

/** The lanes of the video `id`; `seek` is the bar or null, `found(names)` is told who of them has a name. */
export class Lanes {
  constructor({ id, seek, found }) {
    Object.assign(this, { id, seek, found, people: [], shown: "" });
    this.list = part("lanes");
    this.load = alone(() => this.ask());
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.list.addEventListener("keydown", (event) => this.key(event));
    for (const name of ["timeupdate", "seeking"]) seek?.player?.video.addEventListener(name, () => this.follow());
    const again = coalesce(EVENT_MS, () => this.later());
    on("people", again);
    on("reset", again);
    on("video", (event) => event.ids?.includes(id) && event.why !== "tags" && again(event));
    const after = () => this.load();
    naming.start(this.list, (answer) => { decisions.told(answer, after); this.load(); });
  }

  later() {
    if (naming.busy(this.list)) setTimeout(() => this.later(), BUSY_MS);
    else this.load();
  }

  async ask() {
    const answer = await api(`/api/videos/${this.id}/people`).catch((error) => ({ people: [], state: "failed", reason: error.message, fix: error.hint }));
    const whole = this.seek?.duration || 0;
    const shown = JSON.stringify([answer, whole]);
    if (shown === this.shown) return;
    Object.assign(this, { shown, people: answer.people });
    this.say(answer);
    const lanes = answer.people.map((person) => lane(person, whole));
    this.list.replaceChildren(...lanes, this.list.lastElementChild);
    this.list.hidden = !lanes.length;
    this.follow();
    this.found(answer.people.map(({ name }) => name).filter(Boolean));
  }

  /** How it stands, in words; where nobody is found, what would help. */
  say({ people, state, reason, fix }) {
    const words = {
      done: "Nobody is seen in it.",
      stale: "Nobody is seen in it.",
      missing: "It was not looked at yet. Who is in it shows here by itself.",
      unavailable: "Nobody can be looked for here yet",
      failed: "Looking for faces did not work",
    }[state] ?? "";
    part("who-count").textContent = people.length ? many(people.length, "person", "people") : "";
    const note = part("who-state");
    note.hidden = people.length > 0;
    note.firstElementChild.textContent = reason && state !== "done" ? `${words.replace(/\.$/, "")}: ${[reason, fix].filter(Boolean).join(". ")}` : words;
    for (const link of note.querySelectorAll("[data-when]")) link.hidden = link.dataset.when !== state;
  }

  follow() {
    const [now, whole] = [this.seek?.now ?? 0, this.seek?.duration || 1];
    this.list.lastElementChild.firstElementChild.style.left = `${Math.min(100, (now / whole) * 100)}%`;
    this.people.forEach(({ spans }, at) => this.list.children[at].classList.toggle("is-now", spans.some(([from, to]) => now >= from - 0.25 && now <= to + 0.25)));
  }

  clicked(event) {
    const track = event.target.closest(".lane-track");
    if (!track || !this.seek) return;
    const span = event.target.closest("button");
    const box = track.getBoundingClientRect();
    // A span that was clicked with the pointer leads to where it was hit, one that was pressed to its beginning.
    if (span && !event.detail) this.seek.go(Number(span.dataset.at));
    else this.seek.go(Math.max(span ? Number(span.dataset.at) : 0, ((event.clientX - box.left) / box.width) * this.seek.duration));
    this.follow();
  }

  /** Of the spans of a lane one can be reached by Tab; the arrows lead to the others, and from lane to lane. */
  key(event) {
    const span = event.target.closest(".lane-track button");
    const way = { ArrowRight: "nextElementSibling", ArrowLeft: "previousElementSibling" }[event.key];
    if (!span || !way) return;
    event.preventDefault();
    event.stopPropagation();
    const next = span[way];
    if (!next) return;
    [span.tabIndex, next.tabIndex] = [-1, 0];
    next.focus();
  }
}

function lane(person, whole) {
  const made = part("lane-template").content.cloneNode(true).firstElementChild;
  const called = person.name || "Somebody without a name";
  const link = made.querySelector(".lane-who > a");
  link.href = person.page_url;
  link.setAttribute("aria-label", `${called}, everywhere`);
  link.append(naming.face(person.picture_url));
  const [name, form] = [made.querySelector(".lane-name"), made.querySelector(".naming")];
  if (person.name) Object.assign(name, { href: person.page_url, textContent: person.name, title: `${person.name}, seen for ${clock(person.seconds_here)}` });
  else Object.assign(form.dataset, { person: person.id, picture: person.picture_url || "" });
  (person.name ? form : name).remove();
  const track = made.querySelector(".lane-track");
  track.setAttribute("aria-label", `When ${called} is seen`);
  if (whole) track.append(...person.spans.map(([from, to], at) => span({ from, to, whole, called, first: !at })));
  return made;
}

function span({ from, to, whole, called, first }) {
  const made = Object.assign(document.createElement("button"), { type: "button", title: to - from < 1 ? clock(from) : `${clock(from)} – ${clock(to)}`, tabIndex: first ? 0 : -1 });
  made.setAttribute("aria-label", `${called} at ${clock(from)}${to - from < 1 ? "" : ` to ${clock(to)}`}`);
  made.dataset.at = from;
  made.style.left = `min(${(from / whole) * 100}%, 100% - 0.5rem)`;
  made.style.width = `${Math.max(0, (to - from) / whole) * 100}%`;
  return made;
}
