// found: the people who are seen in the video and not yet said to be in it, offered as a button below those who are.

import { api } from "./http.js";
import { complain, toast } from "./toasts.js";

const button = document.getElementById("add-found");

/** The offer for the video `id`; `people` is the editor of who is said to be in it. */
export class Found {
  constructor(id, people) {
    Object.assign(this, { id, people, seen: [] });
    button.addEventListener("click", () => this.add().catch(complain));
    people.box.addEventListener("said", () => this.show());
  }

  /** Take the names of who is seen. */
  offer(names) {
    this.seen = names;
    this.show();
  }

  show() {
    const said = this.people.names();
    const lacking = this.seen.filter((name) => !said.includes(name));
    button.hidden = !lacking.length;
    button.lastElementChild.textContent = lacking.length === 1 ? `Add ${lacking[0]}` : `Add ${lacking.length} people found`;
    button.title = `Seen in it: ${lacking.join(", ")}`;
  }

  async send(body) {
    const answer = await api(`/api/videos/${this.id}/performers`, { body });
    this.people.set(answer.performers, answer.inferred);
    this.show();
  }

  async add() {
    const before = this.people.names();
    await this.send({ action: "infer" });
    const names = this.people.names().filter((name) => !before.includes(name));
    const back = { label: "Undo", run: () => this.send({ action: "remove", names }).catch(complain) };
    if (names.length) toast(`Added ${names.join(", ")}`, { action: back });
    else toast("Seen too seldom to be added", { hint: "Type the name to add it all the same." });
  }
}
