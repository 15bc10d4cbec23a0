// tags: an editor of words: chips with a cross, and a combobox that completes from the words already used.
// Follows the ARIA pattern "editable combobox with list autocomplete".

import { api } from "./http.js";
import { icon } from "./format.js";

const ASK_MS = 120;
let editors = 0;

/**
 * Build an editor inside `box`.
 * @param {object} options kind ("tag" | "performer"), words ([string] or [{name, note}]), label,
 *   changed(words, {added, removed}), href(word) for linked chips, known: only words that exist.
 * @returns {{set: (words) => void, focus: () => void}}
 */
export function editorFor(box, options) {
  const editor = new Editor(box, options);
  editor.draw();
  return { set: (words) => editor.set(words), focus: () => editor.input.focus() };
}

const asEntry = (word) => (typeof word === "string" ? { name: word } : word);
const same = (one, other) => one.localeCompare(other, undefined, { sensitivity: "accent" }) === 0;

class Editor {
  constructor(box, options) {
    this.box = box;
    this.options = options;
    this.entries = options.words.map(asEntry);
    this.id = `words-${(editors += 1)}`;
    this.active = -1;
    this.offers = [];
    this.build();
  }

  build() {
    const { label } = this.options;
    this.input = Object.assign(document.createElement("input"), { type: "text", placeholder: `Add ${label.toLowerCase()}…`, autocomplete: "off", spellcheck: false });
    this.list = Object.assign(document.createElement("ul"), { className: "completions", id: this.id, hidden: true });
    for (const [name, value] of Object.entries({ role: "combobox", "aria-label": `Add to ${label.toLowerCase()}`, "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.id, enterkeyhint: "done" })) this.input.setAttribute(name, value);
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", label);
    this.combo = Object.assign(document.createElement("div"), { className: "combo" });
    this.combo.append(this.input, this.list);
    this.box.replaceChildren(this.combo);
    this.box.setAttribute("data-client-children", "");
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("focus", () => this.ask());
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 120));
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("pointerdown", (event) => this.point(event));
  }

  set(words) {
    this.entries = words.map(asEntry);
    this.draw();
  }

  draw() {
    for (const chip of [...this.box.querySelectorAll(":scope > .chip")]) chip.remove();
    this.combo.before(...this.entries.map((entry) => this.chip(entry)));
  }

  chip({ name, note, found }) {
    const chip = Object.assign(document.createElement("span"), { className: note ? "chip is-part" : "chip" });
    if (found) Object.assign(chip, { className: "chip is-found", title: "Found by face" }).append(icon("eye"));
    const word = chip.appendChild(document.createElement(this.options.href ? "a" : "span"));
    word.textContent = name;
    if (this.options.href) word.href = this.options.href(name);
    if (note) chip.appendChild(document.createElement("em")).textContent = note;
    const cross = chip.appendChild(document.createElement("button"));
    cross.type = "button";
    cross.setAttribute("aria-label", `Take ${name} away`);
    cross.append(icon("close"));
    cross.addEventListener("click", () => this.remove(name));
    return chip;
  }

  add(text) {
    const names = text.split(",").map((word) => word.trim().replace(/\s+/g, " ")).filter(Boolean);
    const added = names.filter((name) => !this.entries.some((entry) => same(entry.name, name) && !entry.note));
    this.input.value = "";
    this.close();
    if (!added.length) return;
    this.entries = [...this.entries.filter((entry) => !added.some((name) => same(name, entry.name))), ...added.map(asEntry)];
    this.tell({ added, removed: [] });
  }

  remove(name) {
    this.entries = this.entries.filter((entry) => entry.name !== name);
    this.tell({ added: [], removed: [name] });
    this.input.focus();
  }

  tell(change) {
    this.draw();
    this.options.changed?.(this.entries.map((entry) => entry.name), change);
  }

  typed() {
    if (this.input.value.includes(",")) return this.add(this.input.value);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), ASK_MS);
    return undefined;
  }

  async ask() {
    const prefix = this.input.value.trim();
    const query = new URLSearchParams({ prefix, kind: this.options.kind, limit: 12 });
    const answer = await api(`/api/tags?${query}`).catch(() => ({ tags: [] }));
    if (prefix !== this.input.value.trim() || document.activeElement !== this.input) return;
    this.offers = answer.tags.filter(({ name }) => !this.entries.some((entry) => same(entry.name, name) && !entry.note));
    this.active = -1;
    this.show();
  }

  show() {
    this.list.replaceChildren(...this.offers.map((offer, at) => this.option(offer, at)));
    this.list.hidden = !this.offers.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.mark();
  }

  option({ name, count }, at) {
    const item = Object.assign(document.createElement("li"), { id: `${this.id}-${at}`, textContent: name });
    item.setAttribute("role", "option");
    item.dataset.at = at;
    item.appendChild(document.createElement("span")).textContent = count || "";
    return item;
  }

  mark() {
    for (const item of this.list.children) {
      const on = Number(item.dataset.at) === this.active;
      item.setAttribute("aria-selected", String(on));
      if (on) item.scrollIntoView({ block: "nearest" });
    }
    if (this.active < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `${this.id}-${this.active}`);
  }

  close() {
    clearTimeout(this.timer);
    this.offers = [];
    this.active = -1;
    this.show();
  }

  point(event) {
    const item = event.target.closest("li");
    if (!item) return;
    event.preventDefault();
    this.add(this.offers[Number(item.dataset.at)].name);
    this.input.focus();
  }

  key(event) {
    const handled = this[`on${event.key === "," ? "Enter" : event.key}`]?.(event);
    if (handled) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  move(way) {
    if (!this.offers.length) return false;
    this.active = (this.active + way + this.offers.length + (this.active < 0 && way < 0 ? 1 : 0)) % this.offers.length;
    this.mark();
    return true;
  }

  onArrowDown() { return this.move(1); }
  onArrowUp() { return this.move(-1); }

  onEnter() {
    const chosen = this.offers[this.active]?.name ?? (this.options.known ? this.nearest() : this.input.value);
    if (!chosen) return Boolean(this.input.value) || Boolean(this.options.known);
    this.add(chosen);
    return true;
  }

  nearest() {
    const text = this.input.value.trim();
    return text && (this.offers[0]?.name ?? text);
  }

  onBackspace() {
    const last = this.entries.at(-1);
    if (this.input.value || !last) return false;
    this.remove(last.name);
    return true;
  }

  onEscape() {
    if (this.list.hidden) return false;
    this.close();
    return true;
  }
}
