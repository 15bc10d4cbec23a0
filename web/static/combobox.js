// combobox: a field that offers what fits as one types. Follows the ARIA pattern "editable combobox with list autocomplete".

// So long after the last key the daemon is asked.
export const ASK_MS = 120;
let boxes = 0;

/**
 * What such fields share: the list under `input` and the keys that go through it. A heir says how an offer looks (`fill`),
 * and what Enter and Escape do (`onEnter`, `onEscape`: whether the key is used up).
 */
export class Combobox {
  constructor(input, { label, className = "" }) {
    boxes += 1;
    Object.assign(this, { input, offers: [], active: -1, timer: 0, id: `offers-${boxes}` });
    this.list = Object.assign(document.createElement("ul"), { className: `completions ${className}`.trim(), id: this.id, hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", label);
    input.addEventListener("keydown", (event) => this.key(event));
  }

  /** Have `ask` called once nothing was typed for a moment. */
  askSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), ASK_MS);
  }

  show(offers) {
    this.offers = offers;
    this.active = -1;
    this.list.replaceChildren(...offers.map((offer, at) => this.option(offer, at)));
    this.list.hidden = !offers.length;
    this.input.setAttribute("aria-controls", this.id);
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.mark();
  }

  option(offer, at) {
    const item = Object.assign(document.createElement("li"), { id: `${this.id}-${at}` });
    item.setAttribute("role", "option");
    item.dataset.at = at;
    this.fill(item, offer);
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

  move(way) {
    if (!this.offers.length) return false;
    this.active = (this.active + way + this.offers.length + (this.active < 0 && way < 0 ? 1 : 0)) % this.offers.length;
    this.mark();
    return true;
  }

  close() {
    clearTimeout(this.timer);
    this.show([]);
  }

  key(event) {
    if (!this[`on${event.key}`]?.()) return;
    event.preventDefault();
    event.stopPropagation();
  }

  onArrowDown() { return this.move(1); }
  onArrowUp() { return this.move(-1); }

  onEscape() {
    const was = !this.list.hidden;
    this.close();
    return was;
  }
}
