// What stands where nothing else does: while it loads, when there is nothing, when it went wrong.

import { h, replace } from "./dom.js";
import { isAbort } from "./api.js";
import { wait } from "./clock.js";

const LONGEST_WAIT = 15;

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
  projection_unavailable: "The lists cannot be read now: this API has just started, or their database does not answer.",
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

const mayPass = ({ status, code }) => (status === 0 || (status >= 502 && status <= 504)) && code !== "scheduler_disabled";

/**
 * Do `work`, showing in `host` that it loads, and what went wrong. What may pass is tried again,
 * until `signal` says stop, or something else is shown.
 */
export async function attempt(host, work, what, signal, seconds = 1) {
  if (!host.hasChildNodes()) host.append(loading(what));
  try {
    await work();
  } catch (error) {
    if (isAbort(error)) return;
    const again = (pause) => {
      host.replaceChildren();
      attempt(host, work, what, signal, pause);
    };
    const told = failed(error, () => again(1));
    replace(host, told);
    if (error.status === undefined) throw error;
    if (!signal || !mayPass(error)) return;
    await wait(seconds, signal);
    if (!signal.aborted && host.firstChild === told) again(Math.min(LONGEST_WAIT, seconds * 2));
  }
}
