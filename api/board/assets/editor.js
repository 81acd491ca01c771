// Makes a schedule, changes one, or makes one like another, with the next times in sight.

import { ask, isAbort, partOf, path } from "./api.js";
import { labelled, plainProblem, showProblem } from "./dialog.js";
import { h, link, replace } from "./dom.js";
import { argumentForm } from "./fields.js";
import { policyForm } from "./policy-form.js";
import { go, href } from "./router.js";
import { say } from "./say.js";
import { nameOf } from "./schedules.js";
import { attempt } from "./states.js";
import { readTags, writeTags } from "./tags.js";
import { elsewhere, stamp, until, zoneOf } from "./time.js";
import { triggerForm } from "./trigger-form.js";
import { readCatalogue } from "./walkers.js";

const PREVIEWED = 8;
const TYPING_MS = 300;
const COPIED = ["execution", "overlap", "catchup_window", "retry", "max_runs", "pause_on_failure", "priority", "after_completion", "timeout", "late_after", "notify"];

const NEW = { config: { trigger: "cron", cron: "0 9 * * 1-5" }, args: {}, tags: [], description: "", trigger_description: "" };

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

async function walkersKnown(signal) {
  try {
    return (await readCatalogue(signal)).walkers;
  } catch (error) {
    if (error.code === "no_worker") return null;
    throw error;
  }
}

export function editorPage({ host, query, signal, title }) {
  const isEdit = Boolean(query.edit);
  const source = query.schedule ?? query.from;
  const words = isEdit ? "Edit" : source ? "Duplicate" : "New schedule";
  title(words);

  async function build() {
    const [known, found] = await Promise.all([
      walkersKnown(signal),
      source ? ask("GET", path`schedule/${source}`, { signal }) : null,
    ]);
    const schedule = found ? partOf(found.data, "schedule") : { ...NEW, walker_name: query.walker ?? known?.[0]?.name ?? "" };
    replace(host, form(schedule, known, found?.etag));
    host.querySelector("input, select, textarea")?.focus();
  }

  function form(schedule, known, etag) {
    const config = schedule.config;
    const trigger = triggerForm(config, previewSoon);
    const policies = policyForm(isEdit || source ? schedule : { timeout: null });
    const walkerName = known
      ? h("select", {}, known.map((one) => h("option", { value: one.name, selected: one.name === schedule.walker_name }, one.name)))
      : h("input", { type: "text", value: schedule.walker_name });
    const walkerDoc = h("p", { class: "hint" });
    const name = h("input", { type: "text", maxlength: 100, autocomplete: "off", value: "" });
    const isDescribed = schedule.description !== schedule.trigger_description;
    const description = h("input", { type: "text", maxlength: 500, autocomplete: "off", value: isDescribed ? schedule.description : "" });
    const tags = h("input", { type: "text", autocomplete: "off", value: writeTags(schedule.tags) });
    const reason = h("input", { type: "text", maxlength: 500, autocomplete: "off" });
    const paused = h("input", { type: "checkbox" });
    const argumentsHost = h("div");
    let args;

    function drawArguments() {
      const chosen = isEdit ? schedule.walker_name : walkerName.value;
      const walker = known?.find((one) => one.name === chosen);
      walkerDoc.textContent = walker?.doc ?? (known ? "" : "No worker answers, so that its fields are not known.");
      args = argumentForm(walker?.fields ?? null, chosen === schedule.walker_name ? schedule.args : {});
      argumentsHost.replaceChildren(args.element);
    }
    walkerName.addEventListener("change", drawArguments);
    drawArguments();

    const problem = h("div", { role: "alert" });
    const save = h("button", { type: "submit", class: "button is-main" }, isEdit ? "Save" : "Create");
    const preview = h("div", { role: "status", "aria-live": "polite" });
    const element = h(
      "form",
      { novalidate: true, class: "editor" },
      h("p", { class: "crumbs" }, link(href(), {}, "Schedules"), source && [" / ", link(href({ schedule: source }), {}, nameOf(schedule))]),
      h("div", { class: "head" }, h("h1", {}, isEdit ? `Edit ${nameOf(schedule)}` : source ? `Like ${nameOf(schedule)}` : words)),
      h(
        "div",
        { class: "columns" },
        h(
          "div",
          { class: "wide" },
          h(
            "fieldset",
            { class: "group" },
            h("legend", {}, "What"),
            isEdit ? h("p", {}, "Walker ", h("strong", {}, schedule.walker_name)) : labelled("Walker", walkerName, { name: "walker_name" }),
            walkerDoc,
            argumentsHost,
          ),
          trigger.element,
          h(
            "fieldset",
            { class: "group" },
            h("legend", {}, "About it"),
            !isEdit && labelled("Name", name, { name: "name", hint: "Optional; no two of yours have the same." }),
            labelled("Description", description, { name: "description", hint: "Empty: its trigger in words." }),
            labelled("Tags", tags, { name: "tags", hint: "Separated by commas; one that has a comma in quotes." }),
            isEdit
              ? labelled("Reason", reason, { name: "reason", hint: "Optional; stands in the schedule's changes." })
              : labelled("Paused at first", paused),
          ),
          policies.element,
          problem,
          h("div", { class: "buttons" }, save, link(source ? href({ schedule: source }) : href(), { class: "button" }, "Cancel")),
        ),
        h("aside", { class: "narrow part sticky", "aria-labelledby": "next" }, h("h2", { id: "next" }, "When it would run"), preview),
      ),
    );

    function mark(fields) {
      for (const wrong of element.querySelectorAll(".wrong")) wrong.textContent = "";
      for (const input of element.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
      for (const { field, message } of fields) {
        const input = element.querySelector(`[data-name="${CSS.escape(field)}"]`);
        const wrong = input && element.querySelector(`#${CSS.escape(`${input.id}-wrong`)}`);
        if (!wrong) continue;
        wrong.textContent = message;
        input.setAttribute("aria-invalid", "true");
      }
    }

    let asking = new AbortController();
    async function showPreview() {
      asking.abort();
      asking = new AbortController();
      signal.addEventListener("abort", () => asking.abort(), { signal: asking.signal });
      try {
        const { data } = await ask("POST", "schedule/preview", { body: { ...trigger.value(), count: PREVIEWED }, signal: asking.signal });
        mark([]);
        preview.replaceChildren(previewed(data));
      } catch (error) {
        if (isAbort(error)) return;
        mark(error.fields ?? []);
        showProblem(preview, error);
        if (error.status === undefined && !error.isPlain) throw error;
      }
    }

    let typing;
    function previewSoon() {
      clearTimeout(typing);
      typing = setTimeout(showPreview, TYPING_MS);
    }

    function body() {
      const tagged = readTags(tags.value);
      const given = { ...policies.value() };
      const now = trigger.value();
      const described = description.value.trim();
      if (isEdit) {
        if (!same(now, config) && !same(sorted(now), sorted(config))) Object.assign(given, now);
        const arguments_ = args.value();
        if (!same(arguments_, schedule.args)) given.args = arguments_;
        if (described !== (isDescribed ? schedule.description : "")) given.description = described;
        if (!same(tagged, schedule.tags)) given.tags = tagged;
        if (Object.keys(given).length === 0) throw plainProblem("Nothing is changed.");
        if (reason.value.trim()) given.reason = reason.value.trim();
        return given;
      }
      const copied = source ? Object.fromEntries(COPIED.map((field) => [field, schedule[field]]).filter(([, value]) => value !== null)) : {};
      if (now.trigger === "date" || now.trigger === "after") delete copied.catchup_window;
      return {
        ...copied,
        ...given,
        ...now,
        walker_name: walkerName.value.trim(),
        args: args.value(),
        ...(name.value.trim() ? { name: name.value.trim() } : {}),
        ...(described ? { description: described } : {}),
        ...(tagged.length ? { tags: tagged } : {}),
        ...(paused.checked ? { is_active: false } : {}),
      };
    }

    // What is sent twice is created once.
    const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    element.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.replaceChildren();
      save.disabled = true;
      try {
        const sent = body();
        const { data } = isEdit
          ? await ask("PUT", path`schedule/${source}`, { body: sent, headers: { "If-Match": etag } })
          : await ask("POST", "schedule/create", { body: sent, headers: { "Idempotency-Key": `${key}-${digest(sent)}` } });
        say(isEdit ? "Saved." : "Created.");
        go({ schedule: data.schedule.id }, { replace: isEdit });
      } catch (error) {
        if (isAbort(error)) return;
        if (error.status === 412) {
          showProblem(problem, plainProblem("Somebody has changed it since you opened this page. Reload it, and make your change again."));
        } else {
          mark(error.fields ?? []);
          showProblem(problem, error);
        }
        if (error.status === undefined && !error.isPlain) throw error;
      } finally {
        save.disabled = false;
      }
    });
    queueMicrotask(showPreview);
    return element;
  }

  attempt(host, build, "The form is made", signal);
}

const sorted = (config) => Object.entries(config).sort(([one], [other]) => (one < other ? -1 : 1));

/** A short fingerprint, so that a corrected request is another one. */
function digest(body) {
  let hash = 5381;
  for (const char of JSON.stringify(body)) hash = (hash * 33 + char.codePointAt(0)) >>> 0;
  return hash.toString(36);
}

function previewed({ next_runs: coming, description, config, warnings }) {
  return h(
    "div",
    { class: "preview" },
    h("p", { class: "words" }, description),
    coming.length === 0
      ? h("p", { class: "hint" }, "At no time of its own.")
      : h(
          "ol",
          { class: "next" },
          coming.map((run, at) =>
            h("li", {}, at === 0 && [until(run.utc, { class: "countdown" }), " · "], stamp(run.utc), elsewhere(run, zoneOf(config))),
          ),
        ),
    warnings.map((text) => h("p", { class: "banner" }, text)),
  );
}

