// app: what every page has: theme, shortcuts, help, the connection's banner, and times that keep counting.

import { show, start as startDialogs } from "./dialogs.js";
import { ago } from "./format.js";
import { api } from "./http.js";
import { bind } from "./keys.js";
import { on, start as startLive } from "./live.js";
import { kept } from "./memory.js";

const LOST_AFTER_MS = 2500;
const root = document.documentElement;
const go = (path) => () => location.assign(path);

function switchTheme() {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  kept.set("theme", root.dataset.theme);
}

function watchConnection() {
  const banner = document.getElementById("lost");
  let timer = 0;
  on("connection", (there) => {
    clearTimeout(timer);
    if (there) banner.hidden = true;
    else timer = setTimeout(() => { banner.hidden = document.hidden; }, LOST_AFTER_MS);
  });
}

function watchWork() {
  const pulse = document.getElementById("pulse");
  const show = ({ kinds }) => {
    if (kinds) pulse.hidden = !Object.values(kinds).some((kind) => kind.running + kind.queued > 0);
  };
  let told = 0;
  on("jobs", (work) => { told += 1; show(work); });
  on("connection", async (there) => {
    if (!there) return;
    const before = told;
    const summary = await api("/api/jobs/summary").catch(() => null);
    if (summary && told === before) show(summary);
  });
}

function keepTimes() {
  setInterval(() => {
    for (const time of document.querySelectorAll("time[data-ago]")) {
      if (time.dataset.ago) time.textContent = ago(Number(time.dataset.ago));
    }
  }, 30000);
}

const help = () => show(document.getElementById("help"));
document.getElementById("theme").addEventListener("click", switchTheme);
document.getElementById("help-open").addEventListener("click", help);
bind({
  "?": help,
  "/": () => { const box = document.getElementById("search"); box.focus(); box.select(); },
  "g l": go("/"),
  "g s": go("/search"),
  "g p": go("/people"),
  "g d": go("/duplicates"),
  "g c": go("/coverage"),
  "g a": go("/activity"),
  "g k": go("/stored"),
  "g f": go("/libraries"),
  "g o": go("/settings"),
});
document.getElementById("search").addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.target.value) event.target.blur();
});
startDialogs();
watchConnection();
watchWork();
keepTimes();
startLive();
