// Lists of runs: one schedule's, and everyone's.

import { get, isAbort } from "./api.js";
import { h, keyed, link, swap } from "./dom.js";
import { calm, onEvent } from "./live.js";
import { go, href } from "./router.js";
import { attempt, empty } from "./states.js";
import { RUN_WORDS, badge } from "./status.js";
import { lasting, since, stamp, took } from "./time.js";

const PAGE_SIZE = 50;
export const KINDS = { scheduled: "Scheduled", manual: "By hand", backfill: "Backfill", chained: "Chained" };
const GROUPS = { bad: ["failed", "timed_out", "terminated"] };

/** A table of runs; `draw(runs)` shows them. `withSchedule` names the schedule of each. */
export function runTable({ withSchedule = false, caption = "Runs" } = {}) {
  const rows = h("tbody");
  const columns = ["Status", withSchedule ? "Walker" : "For", "Started", "Took", "How"];
  const element = h(
    "table",
    { class: "cards runs" },
    h("caption", { class: "hidden" }, caption),
    h("thead", {}, h("tr", {}, columns.map((words) => h("th", { scope: "col" }, words)))),
    rows,
  );
  const row = (run) =>
    h(
      "tr",
      {},
      h("td", { class: "of-status" }, badge(run.status)),
      h(
        "th",
        { scope: "row", class: "of-name" },
        link(
          href({ schedule: run.schedule_id, run: run.id }),
          { class: "name" },
          withSchedule ? run.walker_name : stamp(run.scheduled_at ?? run.started_at),
        ),
        withSchedule && h("span", { class: "sub" }, link(href({ schedule: run.schedule_id }), {}, run.schedule_id)),
        run.error && h("span", { class: "sub is-bad" }, `${run.error.type}: ${run.error.message}`),
      ),
      h("td", { class: "of-when" }, since(run.started_at), h("span", { class: "sub" }, stamp(run.started_at))),
      h("td", { class: "of-took" }, run.status === "running" ? lasting(run.started_at) : took(run.duration_ms)),
      h(
        "td",
        { class: "of-kind" },
        KINDS[run.kind] ?? run.kind,
        (run.by || run.reason) && h("span", { class: "sub" }, [run.by, run.reason].filter(Boolean).join(": ")),
      ),
    );
  return {
    element,
    draw: (runs) => keyed(rows, runs, (run) => run.id, row),
  };
}

/** A choice of statuses, as chips with what there is of each. */
export function statusFilter(chosen, counts, where) {
  const choices = [["", "All"], ["bad", "Went wrong"], ...Object.entries(RUN_WORDS)];
  const numberOf = (value) => {
    if (!counts) return null;
    if (value === "") return Object.values(counts).reduce((all, each) => all + each, 0);
    return (GROUPS[value] ?? [value]).reduce((all, each) => all + (counts[each] ?? 0), 0);
  };
  return h(
    "nav",
    { class: "chips", "aria-label": "Which runs" },
    choices
      .filter(([value]) => value === chosen || value === "" || !counts || numberOf(value) > 0)
      .map(([value, words]) =>
        link(
          where(value),
          { class: "chip", "data-key": `status-${value}`, "aria-current": value === chosen ? "true" : null },
          words,
          counts && h("span", { class: "number" }, numberOf(value).toLocaleString()),
        ),
      ),
  );
}

export const statusesOf = (chosen) => GROUPS[chosen] ?? (chosen ? [chosen] : []);

export function runsPage({ host, query, signal, title }) {
  title("Runs");
  let asked = query;
  const filter = h("div");
  const body = h("div", { class: "list" });
  const pages = h("nav", { "aria-label": "Pages", class: "pages" });
  const table = runTable({ withSchedule: true });
  const kind = h(
    "select",
    { "aria-label": "How it was started", on: { change: () => go({ ...asked, cursor: undefined, kind: kind.value }, { replace: true }) } },
    [["", "Started in any way"], ...Object.entries(KINDS)].map(([value, words]) => h("option", { value }, words)),
  );
  host.append(h("div", { class: "head" }, h("h1", {}, "Runs"), kind), filter, body, pages);

  async function read() {
    const wanted = asked;
    const data = await get(
      "runs",
      { status: statusesOf(asked.status), kind: asked.kind, limit: PAGE_SIZE, cursor: asked.cursor },
      signal,
    );
    if (wanted !== asked) return; // the answer to a question that was replaced meanwhile
    swap(pages, [data.cursor, asked], () => [
      asked.cursor && link(href({ ...asked, cursor: undefined }), { class: "button", "data-key": "first" }, "Newest"),
      data.cursor && link(href({ ...asked, cursor: data.cursor }), { class: "button", "data-key": "next" }, "Older"),
    ]);
    if (data.runs.length === 0) {
      body.replaceChildren(empty(asked.status || asked.kind ? "No run is like that." : "Nothing has run yet."));
      return;
    }
    if (!table.element.isConnected) body.replaceChildren(table.element);
    table.draw(data.runs);
  }

  function load() {
    kind.value = asked.kind ?? "";
    swap(filter, asked, () => statusFilter(asked.status ?? "", null, (status) => href({ ...asked, cursor: undefined, status })));
    attempt(body, read, "Runs are read", signal);
  }

  const refresh = calm(async () => {
    try {
      await read();
    } catch (error) {
      if (!isAbort(error) && error.status === undefined) throw error;
    }
  }, signal, { every: 10 });
  onEvent(({ name }) => (name.startsWith("run_") || name === "reset") && refresh(), signal);
  load();
  return {
    update(next) {
      asked = next;
      load();
    },
  };
}
