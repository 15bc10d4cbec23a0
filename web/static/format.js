// format: times and sizes as people read them; the browser's half of the daemon's formats.

const STEPS = [[60, 1, ""], [3600, 60, "minute"], [86400, 3600, "hour"], [14 * 86400, 86400, "day"]];

/** 245 → "4:05", 3723 → "1:02:03". */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const pad = (value) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

/** Epoch seconds → "5 minutes ago"; a date when it is long ago. */
export function ago(then, now = Date.now() / 1000) {
  const passed = now - then;
  for (const [limit, unit, word] of STEPS) {
    if (passed >= limit) continue;
    if (!word) return "just now";
    const count = Math.floor(passed / unit);
    return `${count} ${word}${count === 1 ? "" : "s"} ago`;
  }
  return new Date(then * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

/** Seconds left → "about 3 min"; "" when nobody knows. */
export function rough(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 60) return "less than a minute";
  if (seconds < 3600) return `about ${Math.round(seconds / 60)} min`;
  return seconds < 86400 ? `about ${(seconds / 3600).toFixed(1)} h` : `about ${Math.round(seconds / 86400)} days`;
}

/** Bytes with the unit people compare disks by: 1400000000 → "1.4 GB"; "" when nobody knows. */
export function size(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1000) return `${bytes} B`;
  const step = Math.min(5, Math.floor(Math.log10(bytes / 999.5 * 1000) / 3));
  const value = bytes / 1000 ** step;
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${["B", "KB", "MB", "GB", "TB", "PB"][step]}`;
}

/** One of two words for a count: "1 video", "3 videos". */
export function many(count, one, more = `${one}s`) {
  return `${count.toLocaleString("en-GB")} ${count === 1 ? one : more}`;
}

/** An icon of the page's set, as an element. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.appendChild(document.createElementNS(svg.namespaceURI, "use")).setAttribute("href", `#i-${name}`);
  return svg;
}
