// One run: what it printed and reported, while it runs and afterwards.

import { endRun } from "./actions.js";
import { Problem, get, isAbort, partOf, path, stream } from "./api.js";
import { wait } from "./clock.js";
import { h, link, outside, swap } from "./dom.js";
import { href } from "./router.js";
import { KINDS } from "./runs.js";
import { copy } from "./say.js";
import { attempt, missing } from "./states.js";
import { RUN_WORDS, badge } from "./status.js";
import { lasting, sayFull, stamp, took } from "./time.js";

const MOST_SHOWN = 400_000; // characters of output: more makes browsers slow

export function runPage({ host, query, signal, title }) {
  const { schedule: scheduleId, run: runId } = query;
  const where = path`schedule/${scheduleId}/runs/${runId}`;
  let run = null;
  let heard = 0;

  const top = h("div");
  const live = h("p", { class: "hidden", role: "status", "aria-live": "polite" });
  const progress = h("div");
  const error = h("div");
  const output = h("pre", { class: "output", tabindex: 0, role: "group", "aria-label": "What it printed" });
  const outputNote = h("p", { class: "hint" });
  const reports = h("div");
  const facts = h("div");
  const parts = h(
    "div",
    { class: "columns" },
    h(
      "div",
      { class: "wide" },
      progress,
      error,
      h(
        "section",
        { class: "part", "aria-labelledby": "output" },
        h(
          "div",
          { class: "head" },
          h("h2", { id: "output" }, "Output"),
          h("button", { type: "button", class: "button is-quiet", on: { click: () => copy(output.textContent, "The output") } }, "Copy"),
        ),
        output,
        outputNote,
      ),
      h("section", { class: "part", "aria-labelledby": "reports" }, h("h2", { id: "reports" }, "Reports"), reports),
    ),
    h("div", { class: "narrow" }, h("section", { class: "part", "aria-labelledby": "facts" }, h("h2", { id: "facts" }, "This run"), facts)),
  );
  host.append(top, live);

  const pair = (words, ...value) => [h("dt", {}, words), h("dd", {}, value)];

  function drawTop() {
    title(`${run.walker_name}: ${RUN_WORDS[run.status].toLowerCase()}`);
    const isRunning = run.status === "running";
    swap(top, [run.status, run.walker_name], () => [
      h(
        "p",
        { class: "crumbs" },
        link(href(), {}, "Schedules"),
        " / ",
        link(href({ schedule: scheduleId }), {}, run.walker_name),
      ),
      h(
        "div",
        { class: "head" },
        h("h1", {}, `Run of ${run.walker_name} `, badge(run.status)),
        isRunning &&
          h(
            "div",
            { class: "buttons" },
            h("button", { type: "button", class: "button", "data-key": "cancel", on: { click: () => endRun(run, "cancel", read) } }, "Cancel"),
            h(
              "button",
              { type: "button", class: "button is-danger-quiet", "data-key": "terminate", on: { click: () => endRun(run, "terminate", read) } },
              "Terminate",
            ),
          ),
      ),
    ]);
  }

  function drawFacts() {
    swap(facts, run, () =>
      h(
        "dl",
        { class: "facts" },
        pair("Took", run.status === "running" ? lasting(run.started_at) : took(run.duration_ms)),
        run.scheduled_at && pair("For", stamp(run.scheduled_at, sayFull)),
        pair("Started", stamp(run.started_at, sayFull)),
        run.walker_started_at && pair("Walker started", stamp(run.walker_started_at, sayFull)),
        run.closed_at && pair("Ended", stamp(run.closed_at, sayFull)),
        pair("How", KINDS[run.kind] ?? run.kind, run.by && ` by ${run.by}`),
        run.reason && pair("Reason", run.reason),
        run.after && pair("After", link(href({ schedule: run.after.schedule_id, run: run.after.run_id }), {}, run.after.run_id)),
        pair("Attempts", String(run.attempts)),
        run.worker && pair("Worker", h("code", {}, run.worker)),
        pair("Schedule", link(href({ schedule: scheduleId }), {}, scheduleId)),
        pair("Id", h("code", {}, runId)),
        pair("Elsewhere", outside(run.links.temporal_ui, "Temporal Web UI")),
      ),
    );
  }

  function drawError(found) {
    swap(error, found, () =>
      found
        ? h(
            "section",
            { class: "part problem", "aria-labelledby": "error" },
            h("h2", { id: "error" }, found.type),
            h("p", { class: "error-message" }, found.message),
            found.traceback && h("details", { open: true }, h("summary", {}, "Traceback"), h("pre", { tabindex: 0, role: "group", "aria-label": "Traceback" }, found.traceback)),
          )
        : [],
    );
  }

  function drawProgress(found) {
    swap(progress, found, () =>
      found && run.status === "running"
        ? h(
            "div",
            { class: "part" },
            h("progress", { max: 1, value: found.fraction, "aria-label": "Progress" }),
            h("p", { class: "hint" }, `${Math.round(found.fraction * 100)} % `, found.message),
          )
        : [],
    );
  }

  function drawReports() {
    swap(reports, [run.reports, run.status], () => {
      if (run.reports.length === 0) return h("p", { class: "hint" }, run.status === "running" ? "They come when it ends." : "It reported nothing.");
      return [
        run.reports.map((report) => h("pre", { class: "report", tabindex: 0, role: "group", "aria-label": "Report" }, JSON.stringify(report, null, 2))),
        run.reports_truncated && h("p", { class: "hint" }, "What did not fit is left out."),
      ];
    });
  }

  /** Add a piece of output; what was missed in between comes with the whole at the end. */
  function write({ offset, text }) {
    if (offset < heard) return;
    const isAtEnd = output.scrollTop + output.clientHeight >= output.scrollHeight - 8;
    if (output.textContent.length < MOST_SHOWN) output.append(offset > heard ? `…${text}` : text);
    heard = offset + [...text].length; // the API counts characters, not UTF-16 units
    if (isAtEnd) output.scrollTop = output.scrollHeight;
  }

  function drawOutput() {
    if (output.textContent !== run.stdout) output.textContent = run.stdout.slice(0, MOST_SHOWN);
    const isRunning = run.status === "running";
    output.classList.toggle("is-empty", !run.stdout && !isRunning);
    outputNote.textContent = run.stdout_truncated ? "Only its beginning is kept." : !run.stdout && !isRunning ? "It printed nothing." : "";
  }

  async function read() {
    run = partOf(await get(where, {}, signal), "run");
    if (!parts.isConnected) host.append(parts);
    drawTop();
    drawFacts();
    drawError(run.error);
    drawProgress(run.progress);
    drawReports();
    if (run.status !== "running") drawOutput();
  }

  async function tail() {
    let started = null;
    for await (const { name, data } of stream(`${where}/tail`, { signal })) {
      if (name === "status" && data.attempt !== started) {
        started = data.attempt;
        heard = 0;
        output.textContent = "";
        outputNote.textContent = data.waits ? "It waits for its turn." : "";
      }
      if (name === "stdout") write(data);
      if (name === "progress") drawProgress(data);
      if (name === "end") {
        live.textContent = `The run has ended: ${RUN_WORDS[data.status].toLowerCase()}.`;
        return;
      }
    }
  }

  async function followed() {
    await read();
    while (run.status === "running" && !signal.aborted) {
      try {
        await tail();
      } catch (problem) {
        if (isAbort(problem)) throw problem;
        if (!(problem instanceof Problem) && !(problem instanceof TypeError)) throw problem;
      }
      await wait(run.status === "running" ? 0.5 : 0, signal);
      if (signal.aborted) return;
      try {
        await read();
      } catch (problem) {
        if (!(problem instanceof Problem) || problem.status === 404) throw problem;
        await wait(2, signal);
      }
    }
  }

  attempt(
    top,
    async () => {
      try {
        await followed();
      } catch (problem) {
        if (problem.status !== 404) throw problem;
        host.replaceChildren(
          missing("This run does not exist, or is no longer kept.", h("p", {}, link(href({ schedule: scheduleId }), { class: "button" }, "Its schedule"))),
        );
      }
    },
    "The run is read",
    signal,
  );
}
