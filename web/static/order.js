// order: which video comes before and after this one: in the list it was opened from, else as the daemon says.

import { api } from "./http.js";
import { tab } from "./memory.js";

/** {previous, next} ids (null where there is none) for the video `id`; asks for the list's next page at its end. */
export async function neighbours(id, own) {
  const list = JSON.parse(tab.get("list") || "null");
  const at = list ? list.ids.indexOf(id) : -1;
  if (at < 0) return own;
  if (at === list.ids.length - 1 && list.next) await extend(list).catch(() => {});
  return { previous: list.ids[at - 1] ?? null, next: list.ids[at + 1] ?? null };
}

async function extend(list) {
  const query = new URLSearchParams(list.next);
  query.delete("fragment");
  const page = await api(`/api/videos?${query}`);
  list.ids.push(...page.videos.map((video) => video.id));
  if (page.next_cursor) query.set("cursor", page.next_cursor);
  list.next = page.next_cursor ? `?${query}` : "";
  tab.set("list", JSON.stringify(list));
}
