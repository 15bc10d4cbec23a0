// finding: words within the lines of a transcript: a phrase, also across lines, or else each of its words.

/** Letters without case and accents, one for one, so that places stay the same. */
export function fold(text) {
  const lower = text.toLowerCase();
  if (lower.length === text.length && !/[^\x00-\x7f]/.test(lower)) return lower;
  return Array.from({ length: text.length }, (_, at) => {
    const small = text[at].toLowerCase();
    const plain = (small.length === 1 ? small : text[at]).normalize("NFD")[0];
    return /\s/.test(plain) ? " " : plain;
  }).join("");
}

/** All lines as one text, with where each begins. */
export function gather(cues) {
  const starts = [];
  const parts = [];
  let at = 0;
  for (const cue of cues) {
    starts.push(at);
    parts.push(fold(cue.text).replace(/\s/g, " "));
    at += cue.text.length + 1;
  }
  return { text: parts.join(" "), starts };
}

/** The words of a search: quotes, operators and chips of the search page mean nothing here. */
function terms(query) {
  return fold(query).replace(/(^|\s)-\S+/g, " ").replace(/\b(tag|person|longer|shorter|codec|added|in):("[^"]*"|\S+)/g, " ").replace(/["*]/g, " ").split(/\s+/).filter(Boolean);
}

/** Where `query` stands: [{line, to, from, until}], from a place in line `line` until a place in line `to`. */
export function find(query, gathered) {
  const words = terms(query);
  if (!words.length) return [];
  const whole = places(words.join(" "), gathered);
  if (whole.length || words.length === 1) return whole;
  return words.filter((word) => word.length > 1).flatMap((word) => places(word, gathered)).sort((one, other) => one.line - other.line || one.from - other.from);
}

function places(words, { text, starts }) {
  const found = [];
  let line = 0;
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
    while (line + 1 < starts.length && starts[line + 1] <= at) line += 1;
    let to = line;
    while (to + 1 < starts.length && starts[to + 1] < at + words.length) to += 1;
    found.push({ line, to, from: at - starts[line], until: at + words.length - starts[to] });
  }
  return found;
}

/** `text` as text and marks of these [from, until] parts. */
export function marked(text, parts) {
  const out = [];
  let at = 0;
  for (const [from, until] of parts) {
    if (from < at) continue;
    out.push(text.slice(at, from), Object.assign(document.createElement("mark"), { textContent: text.slice(from, until) }));
    at = until;
  }
  return [...out, text.slice(at)];
}
