// sprites: reads a contact sheet's index and paints single tiles of it. The only place that knows the index's shape.

const loaded = new Map();
const KEPT = 60;

const number = (...candidates) => candidates.find((value) => Number.isFinite(value));

/**
 * The frames of an index, sorted: [{start, time, x, y, w, h}]; what is not said follows from the grid.
 * @param {object} index cols, tile_width, tile_height, interval_seconds, tiles
 */
export function readIndex(index) {
  const columns = number(index.cols, index.columns, 1);
  const [width, height] = [number(index.tile_width, 160), number(index.tile_height, 90)];
  const step = number(index.interval_seconds, 10);
  const tiles = [index.tiles, index.frames].find(Array.isArray) || [];
  const frames = tiles.map((tile, at) => ({
    start: number(tile.start, at * step),
    time: number(tile.time, tile.start, at * step),
    x: number(tile.x, (at % columns) * width),
    y: number(tile.y, Math.floor(at / columns) * height),
    w: number(tile.w, width),
    h: number(tile.h, height),
  }));
  return frames.sort((one, other) => one.start - other.start);
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
  const frames = readIndex(await answer.json());
  if (!frames.length) throw new Error("sprite index: no tiles");
  // The image is kept, so that the browser keeps it decoded while its video is looked through.
  return { frames, url: sheetUrl, width: image.naturalWidth, height: image.naturalHeight, image };
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

/** The first frame that was taken between two times; where none was, the one shown in their middle. */
export function frameWithin(strip, start, end) {
  const first = strip.frames.find((frame) => frame.time >= start);
  return first && first.time < end ? first : frameAt(strip, (start + end) / 2);
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
