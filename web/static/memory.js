// memory: small things this browser remembers; where storage is off they last as long as the page.

const fallback = new Map();

function from(storage) {
  const key = (name) => `vidwatchd.${name}`;
  return {
    get(name) {
      try { return storage().getItem(key(name)); } catch { return fallback.get(name) ?? null; }
    },
    set(name, value) {
      try { storage().setItem(key(name), value); } catch { fallback.set(name, value); }
    },
    forget(name) {
      try { storage().removeItem(key(name)); } catch { fallback.delete(name); }
    },
  };
}

/** Kept until it is cleared: theme, view, positions in videos. */
export const kept = from(() => localStorage);
/** Kept for this tab: the place in a list, and the list a video was opened from. */
export const tab = from(() => sessionStorage);
