// sprites: reads a contact sheet's index and paints single tiles of it. The only place that knows the index's shape.

const loaded = new Map();
const KEPT = 60;

const number = (...candidates) => candidates.find((value) => Number.isFinite(value));

/**
 * The frames of an index, sorted: [{start, time, x, y, w, h}], with the sheet's own size.
 * @param {object} index columns, rows, tile_width, tile_height, interval_seconds, frames
 */
export function readIndex(index) {
  const columns = number(index.columns, index.cols, 1);
  const [width, height] = [number(index.tile_width, index.tileWidth, 160), number(index.tile_height, index.tileHeight, 90)];
  const step = number(index.interval_seconds, index.interval, 10);
  const frames = (index.frames || index.tiles || []).map((frame, at) => ({
    start: number(frame.start, at * step),
    time: number(frame.time, frame.at_seconds, frame.start, at * step),
    x: number(frame.x, (at % columns) * width),
    y: number(frame.y, Math.floor(at / columns) * height),
    w: number(frame.w, frame.width, width),
    h: number(frame.h, frame.height, height),
  }));
  frames.sort((one, other) => one.start - other.start);
  const rows = number(index.rows, Math.ceil(frames.length / columns));
  return { frames, width: columns * width, height: rows * height };
}

/** Index and sheet of one video, fetched once; resolves when the sheet can be painted without a flash. */
export function load(sheetUrl, indexUrl) {
  if (!loaded.has(indexUrl)) {
    loaded.set(indexUrl, fetchBoth(sheetUrl, indexUrl).catch((error) => { loaded.delete(indexUrl); throw error; }));
    if (loaded.size > KEPT) loaded.delete(loaded.keys().next().value);
  }
  return loaded.get(indexUrl);
}

async function fetchBoth(sheetUrl, indexUrl) {
  const image = new Image();
  image.src = sheetUrl;
  const [answer] = await Promise.all([fetch(indexUrl), image.decode()]);
  if (!answer.ok) throw new Error(`sprite index: ${answer.status}`);
  const strip = readIndex(await answer.json());
  if (!strip.frames.length) throw new Error("sprite index: no frames");
  // The picture's own size is the truth about the sheet; the index may round.
  return { ...strip, url: sheetUrl, width: image.naturalWidth, height: image.naturalHeight, image };
}

/** The frame shown at `seconds`. */
export function frameAt(strip, seconds) {
  let [low, high] = [0, strip.frames.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (strip.frames[middle].start <= seconds) low = middle;
    else high = middle - 1;
  }
  return strip.frames[low];
}

/** Paint `frame` into `tile` (an empty element inside a positioned box of that size), whole or filling the box. */
export function paint(tile, strip, frame, boxWidth, boxHeight, whole = false) {
  const pick = whole ? Math.min : Math.max;
  const scale = pick(boxWidth / frame.w, boxHeight / frame.h);
  const style = tile.style;
  style.width = `${frame.w}px`;
  style.height = `${frame.h}px`;
  style.backgroundImage = `url("${strip.url}")`;
  style.backgroundPosition = `${-frame.x}px ${-frame.y}px`;
  style.backgroundSize = `${strip.width}px ${strip.height}px`;
  style.transform = `scale(${scale}) translate(-50%, -50%)`;
}
