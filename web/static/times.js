// times: a moment as people type it, "1:02:03.50", and the lines of a list that belong to a moment.

/** 62.5 → "1:02.50". */
export function stamp(seconds) {
  const hundredths = Math.max(0, Math.round((seconds || 0) * 100));
  const pad = (value) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(hundredths / 360000), Math.floor(hundredths / 6000) % 60];
  const rest = `${pad(Math.floor(hundredths / 100) % 60)}.${pad(hundredths % 100)}`;
  return hours ? `${hours}:${pad(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** "1:02.5" → 62.5; NaN for what is no time. */
export function parse(text) {
  const parts = text.trim().replace(",", ".").split(":");
  if (parts.length > 3 || parts.some((part) => !/^\d+(\.\d+)?$/.test(part))) return NaN;
  return parts.reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** A time that was typed; what was shown before and left alone keeps its thousandths. */
export function typed(text, before) {
  return text.trim() === stamp(before) ? before : parse(text);
}

/** Which of a list sorted by `start` began last at `seconds`; -1 before the first. */
export function indexAt(list, seconds) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].start <= seconds + 0.05) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
