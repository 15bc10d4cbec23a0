// canvas: a canvas drawn in the screen's own pixels, again whenever its size changes.

/** Call `draw(context, width, height)` now and at each change of size; sizes are CSS pixels. Returns the redraw. */
export function keepDrawn(canvas, draw) {
  const again = () => {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width || !height) return;
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    draw(context, width, height);
  };
  new ResizeObserver(again).observe(canvas);
  return again;
}

/** A colour of the page's design, by the custom property that names it. */
export function colour(canvas, name) {
  return getComputedStyle(canvas).getPropertyValue(name).trim();
}
