// decisions: what people say of people: who somebody is, who two of them are, who is hidden; each can be taken back.

import { api } from "./http.js";
import { complain, toast } from "./toasts.js";

let shown = () => {};
const at = (id) => `/api/people/${encodeURIComponent(id)}`;

/** Name somebody; with `merge`, whoever has that name already is the same person. */
export const name = (id, words, merge = false) => api(at(id), { method: "PATCH", body: { name: words, ...(merge ? { merge } : {}) } });
export const hide = (id, hidden) => api(at(id), { method: "PATCH", body: { hidden } });
export const merge = (into, people) => api("/api/people/merge", { body: { into, people } });
/** Move faces away from a person: to `into`, to somebody called `name`, or to somebody new. */
export const split = (id, faces, to = {}) => api(`${at(id)}/split`, { body: { faces, ...to } });

/** Those of this name, and others that begin so; who looks like `like` comes first. */
export async function named(prefix, like, signal) {
  const query = new URLSearchParams({ prefix, ...(like ? { like } : {}) });
  return (await api(`/api/people/names?${query}`, { signal })).names;
}

/** Say what was decided, with a way back; `after` is told the answer of the way back. */
export function told(answers, after, words = "") {
  const undos = [answers].flat().map((answer) => answer.undo).filter(Boolean);
  const back = async () => {
    try {
      let last = null;
      for (const { id } of undos.reverse()) last = await api("/api/people/undo", { body: { id } });
      await after(last);
    } catch (error) {
      complain(error);
    }
  };
  // One way back at a time: an older decision may be what this one builds on.
  shown();
  shown = toast(words || undos[0]?.what || "Saved", undos.length ? { action: { label: "Undo", run: back } } : {});
}

/** Take back the last decision, whoever made it. */
export async function undo(after) {
  try {
    const answer = await api("/api/people/undo", { body: {} });
    shown();
    shown = toast(`Undone: ${answer.undone}`);
    await after(answer);
  } catch (error) {
    complain(error);
  }
}
