// The address: all that a page shows hangs on its query, so that it survives reload and sharing.

let changed = () => {};

/** The query of a page: `href({schedule: id})` is "?schedule=…". */
export function href(query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return `?${new URLSearchParams(given)}`;
}

export const query = () => Object.fromEntries(new URLSearchParams(location.search));

export function go(target, { replace = false } = {}) {
  const where = typeof target === "string" ? target : href(target);
  const address = where === "?" ? location.pathname : where;
  history[replace ? "replaceState" : "pushState"](null, "", address);
  changed({ isNew: !replace });
}

/** Call `told` whenever the address changes, be it by a link or by the browser's buttons. */
export function start(told) {
  changed = told;
  addEventListener("popstate", () => {
    // A question belongs to the page that asked it.
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    changed({ isNew: false });
  });
  document.addEventListener("click", (event) => {
    const anchor = event.target.closest?.("a[href^='?']");
    if (!anchor || anchor.target || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(anchor.getAttribute("href"));
  });
}
