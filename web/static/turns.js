// turns: work that waits for its turn, so that an answer from before is never laid over a newer one.

/** `fn`, never beside itself: all who ask while it runs are served by one more run after it. */
export function alone(fn) {
  let running = null;
  let next = null;
  return function ask() {
    if (!running) {
      running = Promise.resolve().then(fn).finally(() => { running = null; });
      return running;
    }
    next ??= running.catch(() => {}).then(() => { next = null; return ask(); });
    return next;
  };
}

/** `fn` for each who asks, one after the other. */
export function inTurn(fn) {
  let last = Promise.resolve();
  return (...given) => {
    const mine = last.then(() => fn(...given));
    last = mine.catch(() => {});
    return mine;
  };
}
