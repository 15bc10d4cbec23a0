// said: what people say of one video: tags, people, rating and notes, each saved as it is changed.

import { api } from "./http.js";
import { Found } from "./found.js";
import { editorFor } from "./tags.js";
import { complain } from "./toasts.js";
import { alone, inTurn } from "./turns.js";

const NOTES_MS = 900;
const part = (id) => document.getElementById(id);

/** The editors of the video `id`. Returns {focusTags, offer(names), renew()}. */
export function start(id) {
  let saves = 0;
  const ask = inTurn(api);
  const save = (body) => { saves += 1; return ask(`/api/videos/${id}/tags`, { body }); };
  const tags = words("tags", { kind: "tag", label: "Tags", add: "add", remove: "remove" }, save);
  const people = words("performers", { kind: "performer", label: "People", add: "performers_add", remove: "performers_remove" }, save);
  const found = new Found(id, people);
  rating(save);
  const takeNotes = notes(save);
  const take = (said) => {
    tags.set(said.tags);
    people.set(said.performers, said.inferred);
    found.show();
    showRating(said.rating);
    takeNotes(said.notes || "");
  };
  /** Show what is said by now, by others too; an answer from before something was said here is asked for again. */
  const renew = alone(async () => {
    for (let before = -1; before !== saves;) {
      before = saves;
      const said = await ask(`/api/videos/${id}`);
      if (before === saves) take(said);
    }
  });
  return { focusTags: tags.focus, offer: (names) => found.offer(names), renew };
}

function words(key, { kind, label, add, remove }, save) {
  const box = part(key);
  // Who was found by the face is marked: it goes again when the face is somebody else's.
  const entries = (names, found = []) => names.map((name) => ({ name, found: found.includes(name) }));
  let last = entries(JSON.parse(box.dataset.words), JSON.parse(box.dataset.inferred || "[]"));
  let changes = 0;
  const editor = editorFor(box, {
    kind,
    label,
    words: last,
    href: (word) => `/?${new URLSearchParams({ [key]: word })}`,
    async changed(_, { added, removed }) {
      const mine = (changes += 1);
      try {
        const answer = await save({ [add]: added, [remove]: removed });
        last = entries(answer[key], answer.inferred);
      } catch (error) {
        complain(error);
      }
      // What was changed since is on its way, and shown already.
      if (mine === changes) editor.set(last);
      box.dispatchEvent(new Event("said"));
    },
  });
  return { focus: editor.focus, box, names: () => last.map(({ name }) => name), set(names, found) { last = entries(names, found); editor.set(last); } };
}

function showRating(value) {
  for (const star of document.querySelectorAll("#rating input")) star.checked = Number(star.value) === value;
  part("unrate").hidden = !value;
}

function rating(save) {
  let sent = 0;
  const send = (value) => {
    const mine = (sent += 1);
    showRating(value);
    // 0 takes a rating away; null would leave it as it is.
    save({ rating: value || 0 }).then((said) => mine === sent && showRating(said.rating)).catch(complain);
  };
  part("rating").addEventListener("change", (event) => send(Number(event.target.value)));
  part("unrate").addEventListener("click", () => send(null));
}

function notes(save) {
  const [box, mark] = [part("notes"), part("notes-saved")];
  let timer = 0;
  let last = box.value;
  const send = async () => {
    clearTimeout(timer);
    if (box.value === last) return;
    const mine = box.value;
    mark.textContent = "Saving…";
    try {
      await save({ notes: mine });
      last = mine;
      mark.textContent = box.value === mine ? "Saved" : "";
    } catch (error) {
      mark.textContent = "Not saved";
      complain(error);
    }
  };
  box.addEventListener("input", () => { mark.textContent = ""; clearTimeout(timer); timer = setTimeout(send, NOTES_MS); });
  box.addEventListener("blur", send);
  box.addEventListener("keydown", (event) => event.key === "Escape" && box.blur());
  // What is typed, or on its way, is newer than what the page is told.
  return (value) => {
    if (document.activeElement !== box && box.value === last) box.value = last = value;
  };
}
