// tags: an editor of words: chips with a cross, and a combobox that completes from the words already used.

import { Combobox } from "./combobox.js";
import { api } from "./http.js";
import { icon } from "./format.js";

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

class Editor extends Combobox {
  constructor(box, options) {
    const { label } = options;
    super(Object.assign(document.createElement("input"), { type: "text", placeholder: `Add ${label.toLowerCase()}…`, autocomplete: "off", spellcheck: false }), { label });
    Object.assign(this, { box, options, entries: options.words.map(asEntry) });
    this.build();
  }

  build() {
    const { label } = this.options;
    for (const [name, value] of Object.entries({ role: "combobox", "aria-label": `Add to ${label.toLowerCase()}`, "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.id, enterkeyhint: "done" })) this.input.setAttribute(name, value);
    this.combo = Object.assign(document.createElement("div"), { className: "combo" });
    this.combo.append(this.input, this.list);
    this.box.replaceChildren(this.combo);
    this.box.setAttribute("data-client-children", "");
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("focus", () => this.ask());
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 120));
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
    return this.askSoon();
  }

  async ask() {
    const prefix = this.input.value.trim();
    const query = new URLSearchParams({ prefix, kind: this.options.kind, limit: 12 });
    const answer = await api(`/api/tags?${query}`).catch(() => ({ tags: [] }));
    if (prefix !== this.input.value.trim() || document.activeElement !== this.input) return;
    this.show(answer.tags.filter(({ name }) => !this.entries.some((entry) => same(entry.name, name) && !entry.note)));
  }

  fill(item, { name, count }) {
    item.append(name, Object.assign(document.createElement("span"), { textContent: count || "" }));
  }

  point(event) {
    const item = event.target.closest("li");
    if (!item) return;
    event.preventDefault();
    this.add(this.offers[Number(item.dataset.at)].name);
    this.input.focus();
  }

  "on,"() { return this.onEnter(); }

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
}
