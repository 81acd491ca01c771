// What stands where nothing else does: while it loads, when there is nothing, when it went wrong.

import { h, replace } from "./dom.js";
import { isAbort } from "./api.js";

export function loading(what = "Loading") {
  return h(
    "div",
    { class: "skeleton", role: "status" },
    h("span", { class: "hidden" }, `${what} …`),
    Array.from({ length: 5 }, () => h("i", { "aria-hidden": "true" })),
  );
}

export function empty(title, ...more) {
  return h("div", { class: "empty" }, h("p", { class: "empty-title" }, title), more);
}

/** A whole page for what is not there. */
export function missing(title, ...more) {
  return h("div", { class: "empty" }, h("h1", { class: "empty-title" }, title), more);
}

const HINTS = {
  unreachable: "Is it running, and is this machine connected? The board tries again by itself.",
  no_worker: "No worker answers. Start one with `footfall worker --app …`; schedules go on as soon as it is there.",
  temporal_unavailable: "Temporal does not answer. Schedules are safe; what is due is made up for.",
  projection_unavailable: "The database of the lists does not answer. Schedules go on running.",
  scheduler_disabled: "The scheduler is switched off by configuration (plugins.scale.scheduler.enabled).",
};

export function failed(error, again) {
  return h(
    "div",
    { class: "failed", role: "alert" },
    h("p", { class: "empty-title" }, error.message),
    HINTS[error.code] && h("p", {}, HINTS[error.code]),
    again && h("p", {}, h("button", { type: "button", class: "button", on: { click: again } }, "Try again")),
  );
}

/** Do `work`, showing in `host` that it loads, and what went wrong. */
export async function attempt(host, work, what) {
  if (!host.hasChildNodes()) host.append(loading(what));
  try {
    await work();
  } catch (error) {
    if (isAbort(error)) return;
    const again = () => {
      host.replaceChildren();
      attempt(host, work, what);
    };
    replace(host, failed(error, again));
    if (error.status === undefined) throw error;
  }
}
