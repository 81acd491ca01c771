// How schedules and runs stand, in words and shapes: never by colour alone.

import { h, svg } from "./dom.js";

export const RUN_WORDS = {
  running: "Running",
  succeeded: "Succeeded",
  failed: "Failed",
  timed_out: "Timed out",
  cancelled: "Cancelled",
  terminated: "Terminated",
};
export const SCHEDULE_WORDS = { active: "Active", paused: "Paused", completed: "Completed" };
export const BAD = new Set(["failed", "timed_out", "terminated"]);

const SHAPES = {
  succeeded: "M3 8.5 6.5 12 13 4.5",
  failed: "M4 4 12 12M12 4 4 12",
  timed_out: "M8 3v5l3.5 2M8 1.5a6.5 6.5 0 1 0 .01 0",
  cancelled: "M3.5 8h9",
  terminated: "M4 4h8v8H4z",
  running: "M8 1.5a6.5 6.5 0 1 1-6.5 6.5",
  active: "M5 3l8 5-8 5z",
  paused: "M5 3v10M11 3v10",
  completed: "M3 8.5 6.5 12 13 4.5",
  next: "M6 3l5 5-5 5",
};

export function icon(name) {
  return svg(
    "svg",
    { viewBox: "0 0 16 16", class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" },
    svg("path", { d: SHAPES[name] ?? SHAPES.next }),
  );
}

export function badge(status) {
  const words = RUN_WORDS[status] ?? SCHEDULE_WORDS[status] ?? status;
  return h("span", { class: `badge is-${status}` }, icon(status), words);
}

export const codeBadge = () =>
  h("span", { class: "badge is-code", title: "Declared in the app's code, which alone may change it" }, "code");

const CELLS = 20;

/** The last outcomes, the newest at the right. */
export function strip(runs) {
  const latest = runs.slice(0, CELLS).reverse();
  const counts = new Map();
  for (const run of latest) counts.set(run.status, (counts.get(run.status) ?? 0) + 1);
  const told = [...counts].map(([status, count]) => `${count} ${RUN_WORDS[status].toLowerCase()}`);
  const last = latest.at(-1);
  const label = last
    ? `Last ${latest.length === 1 ? "run" : `${latest.length} runs`}: ${told.join(", ")}; the latest ${RUN_WORDS[last.status].toLowerCase()}`
    : "Has not run yet";
  const blank = Array.from({ length: CELLS - latest.length }, () => h("i", { class: "cell is-none" }));
  const cells = latest.map((run) => h("i", { class: `cell is-${run.status}` }));
  return h("span", { class: "strip", role: "img", "aria-label": label, title: label }, blank, cells);
}

export const blankStrip = () => h("span", { class: "strip is-waiting", "aria-hidden": "true" });
