// theme: what this browser prefers, put on <html> before the first paint so that nothing flashes or jumps.
// A classic script on purpose: a module would run after the page is shown.
(() => {
  const stored = (key) => {
    try { return localStorage.getItem(key); } catch { return null; }
  };
  const root = document.documentElement;
  const theme = stored("vidwatchd.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  root.dataset.view = stored("vidwatchd.view") === "list" ? "list" : "grid";
})();
