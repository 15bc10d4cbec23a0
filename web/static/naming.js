// naming: the field under a face: a combobox of known names, who looks alike first, and the question whether two are one.

import { Combobox } from "./combobox.js";
import * as decisions from "./decisions.js";
import { icon, many } from "./format.js";
import { complain } from "./toasts.js";

const open = new WeakMap();

/** Whether two names are the same to the daemon, which folds case and accents. */
export const same = (one, other) => one.localeCompare(other, undefined, { sensitivity: "base" }) === 0;

/** A face as an element: its picture, or a figure where there is none. */
export function face(picture) {
  const made = Object.assign(document.createElement("span"), { className: "face" });
  if (picture) made.append(Object.assign(document.createElement("img"), { src: picture, alt: "", width: 96, height: 96, decoding: "async" }));
  else made.append(icon("person"));
  return made;
}

/**
 * Make every `.naming` inside `root`, also those that come later, name its person.
 * @param {(answer, form) => void} decided told what the daemon made of it.
 */
export function start(root, decided) {
  const of = (event) => event.target.closest?.("form.naming");
  root.addEventListener("focusin", (event) => of(event) && event.target.matches("input") && field(of(event), decided).ask());
  root.addEventListener("submit", (event) => {
    if (!of(event)) return;
    event.preventDefault();
    field(of(event), decided).save();
  });
}

function field(form, decided) {
  if (!open.has(form)) open.set(form, new Naming(form, { decided }));
  return open.get(form);
}

/** Whether somebody types a name inside `root`, or is asked about one: not the moment to change what is around it. */
export const busy = (root) => Boolean(root.querySelector(".naming:focus-within input, .naming.is-asking"));

/** After the list came anew: a field that nobody types in shows what is, also where it was typed in before. */
export function settle(root) {
  for (const input of root.querySelectorAll(".naming input")) if (input !== document.activeElement) input.value = input.defaultValue;
}

/** A field that only chooses a name: `chosen` is who was picked, or null for a new name. */
export class Choosing extends Combobox {
  constructor(box, { like = () => box.dataset.person } = {}) {
    super(box.querySelector("input"), { label: "Known names", className: "with-faces" });
    Object.assign(this, { box, like, chosen: null });
    this.list.dataset.client = "";
    box.append(this.list);
    this.input.addEventListener("input", () => { this.chosen = null; this.askSoon(); });
    this.input.addEventListener("blur", () => this.left());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.pick(Number(event.target.closest("li")?.dataset.at ?? -1)));
  }

  get typed() { return this.input.value.trim().replace(/\s+/g, " "); }

  /** What is asked for: a name that stands there already is no search. */
  get prefix() { return this.typed === this.input.defaultValue ? "" : this.typed; }

  async ask() {
    const prefix = this.prefix;
    const names = await decisions.named(prefix, this.like()).catch(() => []);
    if (prefix !== this.prefix || document.activeElement !== this.input) return;
    this.show(names.filter(({ id }) => id !== this.like()).slice(0, 8));
  }

  fill(item, { name, faces, picture_url: picture }) {
    item.append(face(picture));
    item.appendChild(document.createElement("b")).textContent = name;
    if (faces) item.appendChild(document.createElement("span")).textContent = many(faces, "face");
  }

  left() { this.close(); }

  pick(at) {
    this.chosen = this.offers[at] ?? null;
    if (!this.chosen) return;
    this.input.value = this.chosen.name;
    this.close();
  }

  onEnter() {
    if (this.active < 0) return false;
    this.pick(this.active);
    return true;
  }
}

/** The field that saves, and asks where a name has its person already. */
class Naming extends Choosing {
  constructor(form, { decided }) {
    super(form);
    this.decided = decided;
  }

  get holder() { return this.box.closest(".person, .person-head, .lane") ?? this.box; }

  pick(at) {
    super.pick(at);
    if (this.chosen) this.question(this.chosen);
  }

  onEscape() {
    if (super.onEscape() && this.typed !== this.input.defaultValue) return true;
    this.reset();
    this.leave();
    return true;
  }

  reset() { this.input.value = this.input.defaultValue; }

  /** The focus goes back to whom the name belongs, so that the keys go on from there. */
  leave() {
    const way = this.holder.querySelector("a.open, .lane-who a, [data-do=hide]");
    if (way) way.focus({ preventScroll: true });
    else this.input.blur();
  }

  left() {
    this.close();
    // What was typed is kept, as on every field of a table; a name that was wiped out may have been a slip.
    if (this.saving || this.box.classList.contains("is-asking") || this.typed === this.input.defaultValue) return;
    if (this.typed && this.typed !== this.refused) this.save();
    else this.reset();
  }

  async save(merge = false) {
    const words = this.typed;
    if (this.saving || (words === this.input.defaultValue && !merge)) return this.leave();
    this.saving = true;
    this.close();
    try {
      const answer = await decisions.name(this.box.dataset.person, words, merge);
      this.input.defaultValue = this.input.value = answer.person.name;
      if (this.box.contains(document.activeElement)) this.leave();
      this.decided(answer, this.box);
    } catch (error) {
      if (error.code === "conflict" && !merge) await this.question(await this.known(words));
      else { this.reset(); complain(error); }
    } finally {
      this.saving = false;
    }
    return undefined;
  }

  async known(words) {
    const names = await decisions.named(words, this.box.dataset.person).catch(() => []);
    return names.find(({ name }) => same(name, words)) ?? { name: words, picture_url: "" };
  }

  /** "Merge with Ann?", where the name was typed, with both faces. */
  question(other) {
    this.close();
    this.box.classList.add("is-asking");
    const box = Object.assign(document.createElement("div"), { className: "same-person" });
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", `Merge with ${other.name}?`);
    box.dataset.client = "";
    const faces = box.appendChild(Object.assign(document.createElement("p"), { className: "same-faces" }));
    faces.append(face(this.box.dataset.picture), face(other.picture_url));
    box.appendChild(document.createElement("p")).textContent = `Merge with ${other.name}?`;
    const deeds = box.appendChild(Object.assign(document.createElement("p"), { className: "same-deeds" }));
    const end = () => { box.remove(); this.box.classList.remove("is-asking"); };
    const yes = deed(deeds, "Yes, merge", "primary tiny", () => { this.input.value = other.name; end(); this.save(true); });
    deed(deeds, "No", "tiny", () => { this.refused = other.name; end(); this.input.focus(); this.input.select(); });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      end();
      this.reset();
      this.leave();
    });
    this.box.append(box);
    yes.focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest" });
  }
}

function deed(holder, label, look, run) {
  const made = holder.appendChild(document.createElement("button"));
  Object.assign(made, { type: "button", className: look, textContent: label });
  made.addEventListener("click", run);
  return made;
}
