// What comes in the next 24 hours, and how the last 90 days were.

import { ask, get } from "./api.js";
import { now } from "./clock.js";
import { h, link, swap, svg, whenSeen } from "./dom.js";
import { runHeat } from "./heat.js";
import { calm, onEvent } from "./live.js";
import { href } from "./router.js";
import { nameOf } from "./schedules.js";
import { attempt, empty } from "./states.js";
import { sayShort, stamp, until } from "./time.js";

const HOURS = 24;
const MOST = 100;
const AT_ONCE = 4;
const DENSE_SECONDS = 600; // what comes more often is drawn as a band
const KNOWN = 5; // next times that a list tells
const WIDTH = 1000;
const ROW = 22;
const hour = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** The times of a schedule until `end`: dots, or a band where they are many. */
async function timesOf(schedule, end, signal) {
  const known = schedule.next_runs.map((run) => Date.parse(run.utc));
  const inside = known.filter((at) => at < end);
  if (known.length < KNOWN || inside.length < KNOWN) return { dots: inside };
  const gap = (known.at(-1) - known[0]) / (known.length - 1) / 1000;
  if (gap < DENSE_SECONDS) return { dots: [], band: [known[0], end] };
  const { config } = schedule;
  // An interval is counted from its creation: judged as if made one interval before its next run.
  const isCounted = config.trigger === "interval" && !config.start_at;
  const after = new Date(known[0] - (isCounted ? known[1] - known[0] : 1000)).toISOString().replace(/\.\d+/, "");
  const count = Math.ceil((end - known[0]) / 1000 / DENSE_SECONDS) + 1;
  const most = schedule.runs_left === null ? count : Math.min(count, schedule.runs_left);
  try {
    const { data } = await ask("POST", "schedule/preview", { body: { ...config, after, count: most }, signal });
    const all = data.next_runs.map((run) => Date.parse(run.utc)).filter((at) => at >= known[0] && at < end);
    return { dots: all };
  } catch (error) {
    if (error.status !== 400) throw error;
    return { dots: inside, isCut: true };
  }
}

async function inTurns(items, work) {
  const results = [];
  let next = 0;
  const turn = async () => {
    while (next < items.length) {
      const at = next;
      next += 1;
      results[at] = await work(items[at]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, turn));
  return results;
}

function axis(begin, end) {
  const marks = [];
  const first = new Date(begin);
  first.setMinutes(60, 0, 0);
  for (let at = first.getTime(); at < end; at += 3600_000) {
    if (new Date(at).getHours() % 3 === 0) marks.push(at);
  }
  return marks;
}

function lane({ dots, band }, begin, end, words) {
  const xOf = (at) => ((at - begin) / (end - begin)) * WIDTH;
  return svg(
    "svg",
    { class: "lane", viewBox: `0 0 ${WIDTH} ${ROW}`, preserveAspectRatio: "none", role: "img", "aria-label": words },
    axis(begin, end).map((at) => svg("line", { class: "grid", x1: xOf(at), x2: xOf(at), y1: 0, y2: ROW })),
    band && svg("rect", { class: "band", x: xOf(band[0]), y: ROW / 2 - 3, width: WIDTH - xOf(band[0]), height: 6, rx: 3 }),
    dots.map((at) => svg("rect", { class: "tick", x: Math.max(0, xOf(at) - 2), y: 4, width: 4, height: ROW - 8, rx: 2 }, svg("title", {}, sayShort(at)))),
  );
}

export function timelinePage({ host, signal, title }) {
  title("Timeline");
  const coming = h("div", { class: "list" });
  const heat = h("div");
  host.append(
    h("div", { class: "head" }, h("h1", {}, "Timeline")),
    h("section", { class: "part", "aria-labelledby": "coming" }, h("h2", { id: "coming" }, "The next 24 hours"), coming),
    h("section", { class: "part", "aria-labelledby": "days" }, h("h2", { id: "days" }, "The last 90 days"), heat),
  );

  async function read() {
    const begin = now();
    const end = begin + HOURS * 3600_000;
    const { schedules, total } = await get(
      "schedule/list",
      { status: "active", sort: "next_run_at", next_run_before: new Date(end).toISOString().replace(/\.\d+/, ""), limit: MOST },
      signal,
    );
    const times = await inTurns(schedules, (schedule) => timesOf(schedule, end, signal));
    const facts = [schedules.map(({ id, next_runs: runs }) => [id, runs]), total];
    swap(coming, facts, () => {
      if (schedules.length === 0) return empty("Nothing is due in the next 24 hours.");
      const marks = axis(begin, end);
      return [
        h(
          "table",
          { class: "timeline" },
          h("caption", { class: "hidden" }, "Schedules that run in the next 24 hours, the next one first"),
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              h("th", { scope: "col" }, "Schedule"),
              h("th", { scope: "col" }, "Next run"),
              h(
                "th",
                { scope: "col" },
                h("span", { class: "hidden" }, "Times"),
                h(
                  "div",
                  { class: "axis", "aria-hidden": "true" },
                  marks.map((at) => h("span", { style: { left: `${((at - begin) / (end - begin)) * 100}%` } }, hour.format(at))),
                ),
              ),
            ),
          ),
          h(
            "tbody",
            {},
            schedules.map((schedule, at) => {
              const found = times[at];
              const words = found.band ? schedule.trigger_description : `${found.dots.length}${found.isCut ? " or more" : ""} ${found.dots.length === 1 ? "run" : "runs"}`;
              return h(
                "tr",
                {},
                h("th", { scope: "row" }, link(href({ schedule: schedule.id }), { "data-key": schedule.id }, nameOf(schedule)), h("span", { class: "sub" }, schedule.trigger_description)),
                h("td", {}, until(schedule.next_run_at, { class: "countdown" }), h("span", { class: "sub" }, stamp(schedule.next_run_at))),
                h("td", { class: "of-lane" }, lane(found, begin, end, words)),
              );
            }),
          ),
        ),
        total > schedules.length && h("p", { class: "hint" }, `The first ${MOST} of ${total.toLocaleString()} schedules that run in this time.`),
      ];
    });
  }

  attempt(coming, read, "What comes is reckoned", signal);
  whenSeen(heat, () => attempt(heat, () => runHeat({ host: heat, where: "runs", signal }), "Runs are counted", signal), signal);
  const refresh = calm(() => read().catch((error) => {
    if (error.status === undefined && error.name !== "AbortError") throw error;
  }), signal, { seconds: 10, every: 60 });
  onEvent(({ name }) => name.startsWith("schedule_") && refresh(), signal);
}
