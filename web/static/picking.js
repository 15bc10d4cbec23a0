// picking: choosing several faces or people on a page, by box, by key, or by clicking them once choosing has begun.

const boxOf = (item) => item.querySelector(".pick input");

/** What can be chosen inside `root`; `bar` shows while something is, `changed(chosen)` says what it shows. */
export class Picking {
  constructor({ root, bar, selector, changed }) {
    Object.assign(this, { root, bar, selector, changed, last: null, mode: false });
  }

  all() { return [...this.root.querySelectorAll(this.selector)]; }
  chosen() { return this.all().filter((item) => boxOf(item).checked); }

  /** The one under the focus, else under the pointer. */
  current() { return document.activeElement?.closest(this.selector) || this.all().find((item) => item.matches(":hover")); }

  /** Show what is chosen; for after each change of the list too. */
  show() {
    const chosen = this.chosen();
    this.bar.hidden = !chosen.length;
    this.bar.querySelector("strong > span").textContent = chosen.length.toLocaleString("en-GB");
    this.root.classList.toggle("is-picking", this.mode || chosen.length > 0);
    document.getElementById("select")?.setAttribute("aria-pressed", String(this.mode || chosen.length > 0));
    this.changed(chosen);
  }

  /** Choose or let go of one; with `through`, of all between it and the last one. */
  toggle(item, { wanted = !boxOf(item).checked, through = false } = {}) {
    const all = this.all();
    const [from, to] = [all.indexOf(this.last), all.indexOf(item)].sort((one, other) => one - other);
    for (const each of through && from >= 0 ? all.slice(from, to + 1) : [item]) boxOf(each).checked = wanted;
    this.last = item;
    this.show();
  }

  /** Let go of all. True where there was something. */
  none() {
    const chosen = this.chosen();
    for (const item of chosen) boxOf(item).checked = false;
    const was = chosen.length > 0 || this.mode;
    this.mode = false;
    this.show();
    return was;
  }

  /** Begin or end to choose by clicking: on a screen that is touched there is no other way. */
  begin() {
    if (!this.none()) this.mode = true;
    this.show();
  }

  /** Take a click. True where it chose something. */
  clicked(event) {
    const item = event.target.closest(this.selector);
    const box = event.target.closest(".pick input");
    if (!item) return false;
    if (box) this.toggle(item, { wanted: box.checked, through: event.shiftKey });
    else if (event.detail && event.target.closest("a") && this.root.classList.contains("is-picking") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.toggle(item, { through: event.shiftKey });
    } else return false;
    return true;
  }

  /** The focus one on or back. */
  step(way) {
    const all = this.all();
    const at = all.indexOf(document.activeElement?.closest(this.selector));
    this.focus(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + way))]);
  }

  focus(item) {
    item?.querySelector("a").focus({ preventScroll: true });
    item?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }
}
