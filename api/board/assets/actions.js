// What can be done with a schedule, each after a question.

import { ask, path } from "./api.js";
import { counted } from "./counted.js";
import { askFor, labelled, plainProblem, reasonField } from "./dialog.js";
import { h } from "./dom.js";
import { argumentForm } from "./fields.js";
import { go, href } from "./router.js";
import { say } from "./say.js";
import { sayShort } from "./time.js";
import { fieldsOf } from "./walkers.js";

const nameOf = (schedule) => schedule.name ?? schedule.walker_name;

export async function runNow(schedule, signal) {
  const fields = await fieldsOf(schedule.walker_name, signal);
  const form = argumentForm(fields, schedule.args);
  const reason = reasonField();
  const respect = h("input", { type: "checkbox" });
  askFor({
    title: `Run ${nameOf(schedule)} now`,
    content: [
      h("p", { class: "hint" }, "These arguments count for this run only."),
      form.element,
      reason.element,
      labelled("Obey the overlap policy", respect, { hint: `${schedule.overlap}: else it starts beside runs that are under way.` }),
    ],
    confirm: "Run now",
    submit: async () => {
      const body = { args: form.value(), reason: reason.value(), respect_overlap: respect.checked };
      const { data } = await ask("POST", path`schedule/${schedule.id}/trigger`, { body });
      say("The run has started.");
      go({ schedule: schedule.id, run: data.run.id });
    },
  });
}

export function pause(schedule, done) {
  const reason = reasonField();
  askFor({
    title: `Pause ${nameOf(schedule)}`,
    content: [h("p", {}, "It does not run at its times until it is resumed. A run that is under way goes on."), reason.element],
    confirm: "Pause",
    submit: async () => {
      const { data } = await ask("POST", path`schedule/${schedule.id}/pause`, { body: { reason: reason.value() } });
      say("Paused.");
      done(data.schedule);
    },
  });
}

export async function resume(schedule, done) {
  try {
    const { data } = await ask("POST", path`schedule/${schedule.id}/resume`);
    say("Resumed.");
    done(data.schedule);
  } catch (error) {
    say(error.message, { isBad: true });
  }
}

export function remove(schedule) {
  const reason = reasonField();
  askFor({
    title: `Delete ${nameOf(schedule)}?`,
    content: [
      h("p", {}, "It never runs again, and this cannot be undone. Its runs and changes are still kept for a while."),
      h("p", { class: "hint mono" }, schedule.id),
      reason.element,
    ],
    confirm: "Delete it",
    isDanger: true,
    submit: async () => {
      await ask("DELETE", path`schedule/${schedule.id}`, { query: { reason: reason.value() } });
      say("Deleted.");
      go(href());
    },
  });
}

const localInput = (at) => {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60000);
  return local.toISOString().slice(0, 16);
};

function instantOf(input, words) {
  const at = new Date(input.value);
  if (Number.isNaN(at.getTime())) throw plainProblem(`${words} has to be a date and a time.`);
  return at.toISOString().replace(/\.\d+/, "");
}

export function backfill(schedule, done) {
  const to = Date.now() - 60000;
  const start = h("input", { type: "datetime-local", value: localInput(to - 86400000) });
  const end = h("input", { type: "datetime-local", value: localInput(to) });
  const overlap = h("select", {}, [
    ["buffer_all", "One run after another"],
    ["allow_all", "Up to 20 at a time"],
  ].map(([value, words]) => h("option", { value }, words)));
  const reason = reasonField();
  const shown = h("div", { class: "times", role: "status" });
  const body = () => ({
    start: instantOf(start, "From"),
    end: instantOf(end, "To"),
    overlap: overlap.value,
    reason: reason.value(),
  });
  let checked = null;
  const dialog = askFor({
    title: `Backfill ${nameOf(schedule)}`,
    content: [
      h("p", {}, "Makes up the runs of a past range, one for each of its times, whether or not it ran then."),
      h("div", { class: "row" }, labelled("From", start, { hint: "By your clock." }), labelled("To", end, { hint: "By your clock." })),
      labelled("How", overlap),
      reason.element,
      shown,
    ],
    confirm: "Show the runs",
    submit: async () => {
      const asked = body();
      if (checked !== JSON.stringify(asked)) {
        const { data } = await ask("POST", path`schedule/${schedule.id}/backfill`, { query: { dry_run: true }, body: asked });
        checked = JSON.stringify(asked);
        const some = data.runs.slice(0, 8);
        shown.replaceChildren(
          h("p", {}, h("strong", {}, counted(data.total, "run")), " would be made:"),
          h("ul", {}, some.map((run) => h("li", {}, sayShort(run.utc))), data.total > some.length && h("li", {}, "…")),
        );
        confirm.textContent = `Make ${counted(data.total, "run")}`;
        throw Object.assign(plainProblem(""), { isSilent: true });
      }
      await ask("POST", path`schedule/${schedule.id}/backfill`, { body: asked });
      say("The backfill has started.");
      done();
    },
  });
  if (!dialog) return;
  const confirm = dialog.querySelector("button[type=submit]");
  dialog.addEventListener("input", () => {
    checked = null;
    confirm.textContent = "Show the runs";
    shown.replaceChildren();
  });
}

export function cancelBackfill(schedule, id, done) {
  const reason = reasonField();
  askFor({
    title: "Cancel this backfill?",
    content: [h("p", {}, "Its runs under way are cancelled with it; those that have ended stay."), reason.element],
    confirm: "Cancel the backfill",
    isDanger: true,
    submit: async () => {
      await ask("POST", path`schedule/${schedule.id}/backfills/${id}/cancel`, { body: { reason: reason.value() } });
      say("The backfill is being cancelled.");
      done();
    },
  });
}

export function endRun(run, how, done) {
  const reason = reasonField();
  const isHard = how === "terminate";
  askFor({
    title: isHard ? "Terminate this run?" : "Cancel this run?",
    content: [h("p", {}, isHard ? "It ends at once, and what it printed is lost." : "The walker is killed; what it printed is kept."), reason.element],
    confirm: isHard ? "Terminate it" : "Cancel the run",
    isDanger: true,
    submit: async () => {
      await ask("POST", path`schedule/${run.schedule_id}/runs/${run.id}/${how}`, { body: { reason: reason.value() } });
      say(isHard ? "Terminated." : "It is asked to end.");
      done();
    },
  });
}

