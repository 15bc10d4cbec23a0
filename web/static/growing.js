// growing: a list that is laid over anew when something happened, and fetches more as its end comes into sight.

import { fragment } from "./http.js";
import { children } from "./morph.js";
import { complain } from "./toasts.js";

// A page's own number of entries, and the most that is asked for at once.
const PAGE = 60;
const CHUNK = 300;

export class Growing {
  #running = null;
  #growing = null;
  #sight = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && this.#grow(), { rootMargin: "1200px 0px" });

  /** The list in the element `page` of the address `path`; `selector` finds its entries, `settled` is told of each change. */
  constructor({ page, path, selector, settled = () => {} }) {
    Object.assign(this, { page, path, selector, settled });
  }

  get entries() {
    return [...this.page.querySelectorAll(this.selector)];
  }

  /** Fetch what is shown anew, all of it, and lay it over. */
  async refresh() {
    this.#running?.abort();
    const { signal } = (this.#running = new AbortController());
    const shown = this.entries.length;
    const parts = await fragment(this.#address({ fragment: "list", limit: Math.min(Math.max(shown, PAGE), CHUNK) }), { signal });
    for (let from = CHUNK; from < shown && parts.getElementById("more"); from += CHUNK) {
      const more = parts.getElementById("more");
      more.replaceWith(await fragment(this.#address({ fragment: "cards", offset: more.dataset.offset, limit: CHUNK }), { signal }));
    }
    children(this.page, parts);
    this.settle();
  }

  /** After each change of the list: its end is watched. */
  settle() {
    this.#sight.disconnect();
    const more = document.getElementById("more");
    if (more) this.#sight.observe(more);
    this.settled();
  }

  /** The address of the list that the form `narrow` asks for. */
  narrowed() {
    const asked = new URLSearchParams([...new FormData(document.getElementById("narrow"))].filter(([, value]) => value));
    return `${this.path}${asked.size ? `?${asked}` : ""}`;
  }

  #address(more) {
    const query = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(more)) query.set(key, value);
    return `${this.path}?${query}`;
  }

  #grow() {
    this.#growing ??= this.#append().catch((error) => { this.#sight.disconnect(); complain(error); }).finally(() => { this.#growing = null; });
    return this.#growing;
  }

  async #append() {
    const more = document.getElementById("more");
    const parts = await fragment(this.#address({ fragment: "cards", offset: more.dataset.offset }));
    if (!more.isConnected) return;
    for (const entry of [...parts.querySelectorAll(this.selector)]) if (document.getElementById(entry.id)) entry.remove();
    more.replaceWith(parts);
    this.settle();
  }
}
