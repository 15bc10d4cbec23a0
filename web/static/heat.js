// heat: how much moves along the film (the curve) and how bright it is (the stripe beneath), over the bar one seeks on.

import { colour, keepDrawn } from "./canvas.js";
import { api } from "./http.js";

const STRIPE = 3;
const GAP = 2;
// Films in which next to nothing moves would otherwise look as lively as a chase.
const LEAST_MOTION = 24;

/** The strip on `canvas`, inside the bar that `seek` is; both have one length. */
export class Heat {
  constructor(canvas, seek) {
    this.canvas = canvas;
    this.seek = seek;
    this.samples = [];
    this.redraw = keepDrawn(canvas, (...place) => this.draw(...place));
    seek.player?.video.addEventListener("durationchange", this.redraw);
  }

  /** Take a heatmaps file; without one, or with one that cannot be read, there is no strip. */
  async load(url) {
    const found = url ? await api(url).catch(() => null) : null;
    this.samples = (found?.samples || []).filter((sample) => Number.isFinite(sample.time));
    this.whole = found?.duration_seconds || this.samples.at(-1)?.time || 1;
    const there = this.samples.length > 1;
    this.canvas.hidden = !there;
    this.seek.root.classList.toggle("has-heat", there);
    this.redraw();
  }

  draw(context, width, height) {
    const points = places(this.samples, this.seek.duration || this.whole, width);
    const most = Math.max(LEAST_MOTION, ...points.map((point) => point.motion ?? 0));
    const floor = height - STRIPE - GAP;
    if (points.some((point) => point.motion !== undefined)) curve(context, points, { width, floor, most, fill: colour(this.canvas, "--motion") });
    if (points.some((point) => point.brightness !== undefined)) stripe(context, points, { width, top: height - STRIPE });
  }
}

/** [{x, motion, brightness}], at most one a pixel: of several samples in a pixel the liveliest stands for all. */
function places(samples, duration, width) {
  const found = [];
  for (const { time, motion, brightness } of samples) {
    const x = Math.min(1, Math.max(0, time / duration)) * width;
    const last = found.at(-1);
    if (!last || x - last.x >= 1) found.push({ x, motion, brightness });
    else if ((motion ?? 0) > (last.motion ?? 0)) Object.assign(last, { motion, brightness });
  }
  return found;
}

function curve(context, points, { width, floor, most, fill }) {
  const high = (point) => floor - 1 - ((point.motion ?? 0) / most) * (floor - 2);
  context.beginPath();
  context.moveTo(0, floor);
  context.lineTo(0, high(points[0]));
  for (const point of points) context.lineTo(point.x, high(point));
  context.lineTo(width, high(points.at(-1)));
  context.lineTo(width, floor);
  context.closePath();
  context.fillStyle = fill;
  context.fill();
}

function stripe(context, points, { width, top }) {
  points.forEach((point, at) => {
    const from = at ? (points[at - 1].x + point.x) / 2 : 0;
    const to = at + 1 < points.length ? (point.x + points[at + 1].x) / 2 : width;
    const level = Math.round(point.brightness ?? 0);
    context.fillStyle = `rgb(${level} ${level} ${level})`;
    context.fillRect(from, top, to - from + 0.5, STRIPE);
  });
}
