// live: the daemon's events, one stream a visible tab. Browsers allow six connections to a host, so a hidden tab
// gives its stream back and catches up when it is looked at again.

const TYPES = ["video", "videos", "jobs", "progress", "library", "duplicates", "people", "reset"];
const listeners = new Map();
let source = null;
let missed = false;
// What happened between the page's making and this stream is sent first; later streams catch up by a reset.
let since = document.body.dataset.eventsSince || "";

/** Call `fn(data)` for each event of `type`; types are the daemon's, and `"connection"` with true or false. */
export function on(type, fn) {
  if (!listeners.has(type)) listeners.set(type, new Set());
  listeners.get(type).add(fn);
}

function tell(type, data) {
  for (const fn of listeners.get(type) || []) fn(data);
}

function receive(event) {
  tell(event.type, event.data ? JSON.parse(event.data) : {});
}

function open() {
  if (source) return;
  source = new EventSource(since ? `/api/events?since=${encodeURIComponent(since)}` : "/api/events");
  since = "";
  source.onopen = () => {
    tell("connection", true);
    if (missed) tell("reset", {});
    missed = false;
  };
  source.onerror = () => {
    missed = true;
    tell("connection", false);
    if (source?.readyState === EventSource.CLOSED) setTimeout(reopen, 4000);
  };
  for (const type of TYPES) source.addEventListener(type, receive);
}

function close() {
  source?.close();
  source = null;
  missed = true;
}

function reopen() {
  close();
  if (!document.hidden) open();
}

function begin() {
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", () => !document.hidden && open());
  if (!document.hidden) open();
}

/** Start listening, for as long as the page is looked at; once every script of the page has said what it listens to. */
export function start() {
  document.addEventListener("DOMContentLoaded", begin, { once: true });
}

/** Collect what arrives within `wait` ms, then call `fn` once with the list. */
export function coalesce(wait, fn) {
  let waiting = [];
  return (item) => {
    waiting.push(item);
    if (waiting.length > 1) return;
    setTimeout(() => {
      const batch = waiting;
      waiting = [];
      fn(batch);
    }, wait);
  };
}
