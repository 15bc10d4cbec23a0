// uploading: films that go up one after the other, each with its progress, its rate and the time left; any can be stopped.

import { ask } from "./dialogs.js";
import { rough, size } from "./format.js";
import { RequestError } from "./http.js";

const RATE_MS = 4000;
const SHOWN_MS = 250;
// When nobody said how long to wait for a place.
const AGAIN_SECONDS = 5;

/** One file on its way: its line on the page, and what becomes of it. */
class Upload {
  constructor(file, keep, line) {
    Object.assign(this, { file, keep, line, state: "waits", ticks: [] });
    line.querySelector(".upload-name").textContent = file.name;
    line.querySelector("button").setAttribute("aria-label", `Stop uploading ${file.name}`);
    this.bar = line.querySelector("progress");
    this.bar.setAttribute("aria-label", `Uploading ${file.name}`);
    this.say(`${size(file.size)}, waits for its turn`);
  }

  say(words, hint = "") {
    const said = this.line.querySelector(".upload-said");
    said.replaceChildren(words, ...(hint ? [` ${hint}`] : []));
  }

  /** Send it; resolves with what the daemon answered. Rejects with a RequestError, or an AbortError when stopped. */
  send() {
    this.state = "goes";
    this.say(`0 B of ${size(this.file.size)}`);
    return new Promise((resolve, reject) => {
      const body = new FormData();
      // What is small goes first: the daemon reads it while the film is still on its way.
      body.append("keep_original", this.keep ? "true" : "false");
      body.append("file", this.file);
      const request = (this.request = new XMLHttpRequest());
      request.responseType = "json";
      request.upload.onprogress = ({ loaded, total }) => this.progress(loaded, total);
      request.upload.onload = () => { this.bar.value = 1; this.say("Arrived. It is looked at…"); };
      request.onload = () => (request.status < 300 ? resolve(request.response || {}) : reject(refused(request)));
      request.onerror = () => reject(new RequestError("The upload was cut off.", { hint: "Nothing of it is kept. Is vidwatchd still running?" }));
      request.onabort = () => reject(new DOMException("stopped", "AbortError"));
      request.open("POST", "/api/store");
      request.setRequestHeader("Accept", "application/json");
      request.send(body);
    });
  }

  progress(loaded, total) {
    const now = performance.now();
    if (this.shown && now - this.shown < SHOWN_MS) return;
    this.shown = now;
    this.ticks = [...this.ticks.filter(([at]) => now - at < RATE_MS), [now, loaded]];
    const [[from, had]] = this.ticks;
    const rate = now > from ? ((loaded - had) * 1000) / (now - from) : 0;
    this.bar.value = total ? loaded / total : 0;
    const left = rate ? ` · ${size(Math.round(rate))}/s · ${rough((total - loaded) / rate)} left` : "";
    this.say(`${size(loaded)} of ${size(total)}${left}`);
  }
}

function refused(request) {
  const { error, hint, code } = request.response || {};
  const seconds = Number(request.getResponseHeader("Retry-After"));
  const refusal = new RequestError(error ? `${error[0].toUpperCase()}${error.slice(1)}.` : `The upload failed (${request.status}).`, { hint: hint || "", status: request.status, code });
  return Object.assign(refusal, { seconds });
}

/** The queue over the page's upload area; `arrived(answer, file)` is told of each film that was taken. */
export class Uploads {
  constructor(area, { arrived }) {
    Object.assign(this, { area, arrived, all: [], busy: false });
    this.list = area.querySelector("#uploads");
    this.input = area.querySelector("#upload-files");
    this.keep = area.querySelector("#upload-keep");
    this.input.addEventListener("change", () => { this.add([...this.input.files]); this.input.value = ""; });
    this.keep.addEventListener("change", () => this.explain());
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.explain();
    this.catchDrops(document.getElementById("drop-here"));
    addEventListener("beforeunload", (event) => this.all.some((each) => each.state === "goes") && event.preventDefault());
  }

  explain() {
    document.getElementById("upload-keep-words").textContent = this.keep.checked ? "beside its stored form" : "it goes once its stored form is proven";
  }

  catchDrops(sign) {
    const files = (event) => event.dataTransfer?.types.includes("Files");
    let depth = 0;
    const over = (by) => { depth = Math.max(0, depth + by); sign.hidden = !depth; };
    addEventListener("dragenter", (event) => files(event) && over(1));
    addEventListener("dragleave", (event) => files(event) && over(-1));
    addEventListener("dragover", (event) => { if (files(event)) { event.preventDefault(); event.dataTransfer.dropEffect = "copy"; } });
    addEventListener("drop", (event) => {
      if (!files(event)) return;
      event.preventDefault();
      over(-depth);
      const entries = [...event.dataTransfer.items].map((item) => ({ file: item.getAsFile(), folder: item.webkitGetAsEntry?.()?.isDirectory }));
      for (const { file } of entries.filter(({ file, folder }) => file && folder)) this.fail(this.enter(file), "This is a folder.", "Drop the films in it, or add the folder as a library.");
      this.add(entries.filter(({ file, folder }) => file && !folder).map(({ file }) => file));
    });
  }

  add(files) {
    for (const file of files) {
      const upload = this.enter(file);
      if (!file.size) this.fail(upload, "The file is empty.");
      else if (file.size > Number(this.area.dataset.most)) this.fail(upload, `It has ${size(file.size)}, and ${this.area.dataset.mostWords} are the most.`, "The setting store.max_upload_gb says so.");
    }
    this.next();
  }

  enter(file) {
    const line = document.getElementById("upload-template").content.firstElementChild.cloneNode(true);
    const upload = new Upload(file, this.keep.checked, line);
    this.all.push(upload);
    this.list.append(line);
    this.list.hidden = false;
    return upload;
  }

  async next() {
    const upload = !this.busy && this.all.find((each) => each.state === "waits");
    if (!upload) return;
    this.busy = true;
    let waitSeconds = 0;
    try {
      await this.taken(upload, await upload.send());
    } catch (error) {
      if (error.name === "AbortError") this.drop(upload);
      else if (error.code === "busy") waitSeconds = this.yield(upload, error);
      else this.fail(upload, error.message, error.hint);
    }
    setTimeout(() => { this.busy = false; this.next(); }, waitSeconds * 1000);
  }

  /** Others fill every place: it waits at the head of the queue. Gives for how many seconds. */
  yield(upload, error) {
    upload.state = "waits";
    upload.bar.value = 0;
    upload.say(`${size(upload.file.size)}, waits: others are uploading`);
    return error.seconds || AGAIN_SECONDS;
  }

  async taken(upload, answer) {
    upload.state = "done";
    if (answer.duplicate) this.twice(upload, answer);
    await this.arrived(answer, upload.file);
    if (!answer.duplicate) this.drop(upload);
  }

  twice(upload, answer) {
    upload.line.classList.add("is-twice");
    const link = Object.assign(document.createElement("a"), { href: `/watch/${answer.video_id}`, textContent: "open it" });
    upload.line.querySelector(".upload-said").replaceChildren("Already stored: ", link);
    upload.line.querySelector("button").setAttribute("aria-label", `Take ${upload.file.name} off this list`);
  }

  fail(upload, words, hint) {
    upload.state = "failed";
    upload.line.classList.add("is-failed");
    upload.line.querySelector("button").setAttribute("aria-label", `Take ${upload.file.name} off this list`);
    upload.line.querySelector(".upload-said").setAttribute("role", "alert");
    upload.say(words, hint);
  }

  drop(upload) {
    this.all = this.all.filter((each) => each !== upload);
    upload.line.remove();
    this.list.hidden = !this.all.length;
  }

  async clicked(event) {
    const line = event.target.closest("[data-do=cancel-upload]")?.closest("li");
    const upload = line && this.all.find((each) => each.line === line);
    if (!upload) return;
    if (upload.state !== "goes") return this.drop(upload);
    const words = "Nothing of it is kept. Your own file is not touched.";
    if (await ask({ title: "Stop this upload?", words, yes: "Stop it" })) upload.request.abort();
  }
}
