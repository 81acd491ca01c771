// One schedule: what it is, how its runs went, who changed it, and what can be done with it.

import { Problem, get, isAbort, partOf, path } from "./api.js";
import * as actions from "./actions.js";
import { changeList } from "./changes.js";
import { eachSecond, now } from "./clock.js";
import { counted } from "./counted.js";
import { h, link, outside, replace, swap, whenSeen } from "./dom.js";
import { durationChart } from "./durations.js";
import { runHeat } from "./heat.js";
import { calm, onEvent } from "./live.js";
import { href } from "./router.js";
import { runTable, statusFilter, statusesOf } from "./runs.js";
import { copy } from "./say.js";
import { nameOf } from "./schedules.js";
import { claims } from "./session.js";
import { attempt, empty, failed, missing } from "./states.js";
import { badge, codeBadge, strip } from "./status.js";
import { elsewhere, span, stamp, until, zoneOf } from "./time.js";

const PAGE_SIZE = 20;
const CHARTED = 60;

const section = (id, words, ...content) =>
  h("section", { class: "part", "aria-labelledby": id }, h("h2", { id }, words), content);

const pair = (words, ...value) => [h("dt", {}, words), h("dd", {}, value)];

export function schedulePage({ host, query, signal, title }) {
  const id = query.schedule;
  let asked = query;
  let reading = 0;
  let schedule = null;
  const { isAdmin } = claims();

  const top = h("div", { class: "schedule-top" });
  const facts = h("div");
  const chart = h("div");
  const filter = h("div");
  const table = runTable({ caption: "Runs of this schedule" });
  const runs = h("div", { class: "list" });
  const pages = h("nav", { "aria-label": "Pages of runs", class: "pages" });
  const heat = h("div");
  const backfills = h("div");
  const changes = h("div");
  const parts = h(
    "div",
    { class: "columns" },
    h(
      "div",
      { class: "wide" },
      section("runs", "Runs", chart, filter, runs, pages),
      section("days", "The last 90 days", heat),
    ),
    h("div", { class: "narrow" }, section("facts", "Definition", facts), backfills, section("changes", "Changes", changes)),
  );
  host.append(top);

  const changed = (now) => {
    if (now) schedule = { ...schedule, ...now };
    drawTop();
    refresh();
  };

  function buttons() {
    const isTheirs = schedule.is_static;
    const mayHold = !isTheirs || isAdmin;
    const button = (words, act, props) => h("button", { type: "button", class: "button", "data-key": words, ...props, on: { click: act } }, words);
    return h(
      "div",
      { class: "buttons", role: "group", "aria-label": "What can be done" },
      mayHold && button("Run now", () => actions.runNow(schedule, signal), { class: "button is-main" }),
      mayHold && schedule.status === "active" && button("Pause", () => actions.pause(schedule, changed)),
      mayHold && schedule.status === "paused" && button("Resume", () => actions.resume(schedule, changed)),
      !isTheirs && link(href({ schedule: id, edit: 1 }), { class: "button", "data-key": "Edit" }, "Edit"),
      link(href({ page: "new", from: id }), { class: "button", "data-key": "Duplicate" }, "Duplicate"),
      mayHold && schedule.config.trigger !== "after" && button("Backfill", () => actions.backfill(schedule, refresh)),
      !isTheirs && button("Delete", () => actions.remove(schedule), { class: "button is-danger-quiet" }),
    );
  }

  function drawTop() {
    const { next_runs: coming, last_run: _, run_count: __, failure_count: ___, ...signature } = schedule;
    title(nameOf(schedule));
    swap(top, signature, () => [
      h("p", { class: "crumbs" }, link(href(), {}, "Schedules")),
      h(
        "div",
        { class: "head" },
        h("h1", {}, nameOf(schedule), " ", badge(schedule.status), schedule.is_static && codeBadge()),
        buttons(),
      ),
      h("p", { class: "lead" }, schedule.trigger_description),
      schedule.description !== schedule.trigger_description && h("p", {}, schedule.description),
      schedule.pause_reason && h("p", { class: "banner" }, schedule.pause_reason),
      schedule.is_static &&
        h("p", { class: "hint" }, "The app's code declares this schedule and alone changes it.", isAdmin ? "" : " An admin may pause it and run it."),
    ]);
  }

  function policies() {
    const { retry } = schedule;
    const said = [
      `timeout ${span(schedule.timeout)}`,
      `overlap ${schedule.overlap}`,
      schedule.execution === "light" ? "light" : null,
      schedule.catchup_window === null ? "never too late" : `catch-up ${span(schedule.catchup_window)}`,
      retry.max_attempts === 1 ? "no retries" : `${retry.max_attempts} attempts`,
      schedule.priority === 3 ? null : `priority ${schedule.priority}`,
      schedule.pause_on_failure && `paused after ${counted(schedule.pause_on_failure, "failure")}`,
      schedule.max_runs && `${schedule.runs_left} of ${schedule.max_runs} runs left`,
      schedule.late_after && `late after ${span(schedule.late_after)}`,
      schedule.after_completion === "delete" ? "deleted when completed" : null,
    ];
    return said.filter(Boolean).join(" · ");
  }

  function drawFacts() {
    const { last_run: _, ...signature } = schedule;
    swap(facts, signature, () =>
      h(
        "dl",
        { class: "facts" },
        schedule.next_runs.length > 0 &&
          pair(
            "Next runs",
            h(
              "ol",
              { class: "next" },
              schedule.next_runs.map((run, at) =>
                h("li", {}, at === 0 ? [until(run.utc, { class: "countdown" }), " · "] : null, stamp(run.utc), elsewhere(run, zoneOf(schedule.config))),
              ),
            ),
          ),
        pair("Walker", link(href({ walker: schedule.walker_name }), {}, schedule.walker_name)),
        pair("Arguments", Object.keys(schedule.args).length ? h("pre", {}, JSON.stringify(schedule.args, null, 2)) : "none"),
        pair("Trigger", h("pre", {}, JSON.stringify(schedule.config, null, 2))),
        schedule.config.after?.schedule && pair("Runs after", link(href({ schedule: schedule.config.after.schedule }), {}, schedule.config.after.schedule)),
        pair("Policies", policies()),
        schedule.tags.length > 0 && pair("Tags", schedule.tags.map((tag) => [link(href({ tag }), { class: "tag" }, tag), " "])),
        !schedule.is_static && pair("Owner", schedule.owner),
        pair("Created", stamp(schedule.created_at), ` · revision ${schedule.revision}`),
        pair(
          "Id",
          h("code", {}, id),
          " ",
          h("button", { type: "button", class: "button is-quiet", on: { click: () => copy(id, "The id") } }, "Copy"),
        ),
        pair("Elsewhere", outside(schedule.links.temporal_ui, "Temporal Web UI"), " · ", link(href({ follows: id }), {}, "What runs after it")),
      ),
    );
  }

  async function readSchedule() {
    schedule = partOf(await get(path`schedule/${id}`, {}, signal), "schedule");
    if (!parts.isConnected) host.append(parts);
    drawTop();
    drawFacts();
  }

  async function readRuns() {
    const where = path`schedule/${id}/runs`;
    const isPlain = !asked.status && !asked.cursor;
    reading += 1;
    const turn = reading;
    const answers = await Promise.all([
      get(where, { status: statusesOf(asked.status), cursor: asked.cursor, limit: PAGE_SIZE }, signal),
      isPlain ? get(where, { limit: CHARTED }, signal) : null,
    ]).catch((error) => {
      if (turn === reading) throw error;
    });
    if (turn !== reading) return; // the answer to a question that was asked anew meanwhile
    const [data, charted] = answers;
    const status = asked.status ?? "";
    swap(filter, [data.counts, status], () => statusFilter(status, data.counts, (chosen) => href({ schedule: id, status: chosen })));
    if (charted) {
      const newest = charted.runs.map((run) => [run.id, run.status]);
      swap(chart, newest, () => newest.length > 0 && [h("p", { class: "recent" }, strip(charted.runs)), durationChart(charted.runs)]);
    }
    swap(pages, [data.cursor, asked], () => [
      asked.cursor && link(href({ schedule: id, status: asked.status }), { class: "button", "data-key": "first" }, "Newest"),
      data.cursor && link(href({ schedule: id, status: asked.status, cursor: data.cursor }), { class: "button", "data-key": "next" }, "Older"),
    ]);
    if (data.runs.length === 0) {
      runs.replaceChildren(empty(status ? "No run ended so." : "It has not run yet."));
      return;
    }
    if (!table.element.isConnected) runs.replaceChildren(table.element);
    table.draw(data.runs);
  }

  async function readChanges() {
    const data = await get(path`schedule/${id}/changes`, {}, signal);
    swap(changes, data, () => changeList(data));
  }

  async function readBackfills() {
    const { backfills: found } = await get(path`schedule/${id}/backfills`, {}, signal);
    swap(backfills, found, () => (found.length > 0 ? section("backfills", "Backfills", found.slice(0, 10).map(backfill)) : []));
  }

  function backfill(each) {
    const done = each.succeeded + each.failed;
    return h(
      "div",
      { class: "backfill" },
      h("p", {}, badge(each.status), " ", stamp(each.start), " – ", stamp(each.end)),
      h("progress", { max: each.total, value: done, "aria-label": "Runs that have ended" }),
      h(
        "p",
        { class: "hint" },
        `${done.toLocaleString()} of ${each.total.toLocaleString()} ended, ${each.failed.toLocaleString()} failed · ${[each.by, each.reason].filter(Boolean).join(": ")} `,
        each.status === "running" &&
          h("button", { type: "button", class: "button is-quiet", on: { click: () => actions.cancelBackfill(schedule, each.id, refresh) } }, "Cancel"),
      ),
    );
  }

  /** What one part cannot show leaves the others as they are. */
  const each = (place, read) =>
    read().catch((error) => {
      if (isAbort(error)) return;
      if (error instanceof Problem) replace(place, failed(error));
      else throw error;
    });

  const rest = () => Promise.all([each(runs, readRuns), each(changes, readChanges), each(backfills, readBackfills)]);

  const refresh = calm(async () => {
    try {
      await readSchedule();
      await rest();
    } catch (error) {
      if (isAbort(error)) return;
      if (error.status === 404) await showGone();
      else if (error.status === undefined) throw error;
    }
  }, signal);

  /** What is still known of a schedule that is gone: who deleted it, and why. */
  async function showGone() {
    title("Not there");
    const known = await get(path`schedule/${id}/changes`, {}, signal).catch((error) => {
      if (isAbort(error) || !(error instanceof Problem)) throw error;
      return null;
    });
    host.replaceChildren(
      missing(
        known ? "This schedule was deleted." : "This schedule does not exist, or you may not see it.",
        h("p", {}, link(href(), { class: "button" }, "All schedules")),
      ),
      known ? section("changes", "Changes", changeList(known)) : "",
    );
  }

  onEvent(({ name, data }) => {
    if (name === "reset" || data.schedule_id === id || (name === "notice" && data.schedule?.id === id)) refresh();
  }, signal);
  eachSecond(() => {
    if (schedule?.next_run_at && Date.parse(schedule.next_run_at) < now() - 500) refresh();
  }, signal);

  attempt(
    top,
    async () => {
      try {
        await readSchedule();
      } catch (error) {
        if (error.status !== 404) throw error;
        await showGone();
        return;
      }
      await rest();
      // Many runs are counted for it.
      whenSeen(heat, () => each(heat, () => runHeat({ host: heat, where: path`schedule/${id}/runs`, signal })), signal);
    },
    "The schedule is read",
    signal,
  );

  return {
    update(next) {
      asked = next;
      each(runs, readRuns);
    },
  };
}
