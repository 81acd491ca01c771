// A form for a schedule's policies; an empty input stands for the default.

import { h } from "./dom.js";
import { labelled } from "./dialog.js";

const OVERLAPS = [
  ["skip", "Skip the new run"],
  ["buffer_one", "Let one wait"],
  ["buffer_all", "Let all wait"],
  ["allow_all", "Run side by side"],
  ["cancel_other", "Cancel the other"],
  ["terminate_other", "Terminate the other"],
];
const NUMBERS = [
  ["timeout", "Timeout", "Seconds that the walker may take."],
  ["catchup_window", "Catch-up window", "Seconds after its time within which a missed run is still started."],
  ["max_runs", "Runs in all", "Empty: no limit."],
  ["pause_on_failure", "Pause after failures", "So many in a row. Empty: never."],
  ["late_after", "Late after", "Seconds; empty: nobody watches."],
  ["priority", "Priority", "1 comes first, 5 last."],
];
const RETRY = [
  ["max_attempts", "Attempts", "1: no second try."],
  ["initial_interval", "First pause", "Seconds before the second attempt."],
  ["backoff", "Growth", "By which each pause is longer."],
];

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** `value()` gives those policies that differ from `policies`, flat, as the API takes them. */
export function policyForm(policies) {
  const choice = (options, start) => h("select", {}, options.map(([value, words]) => h("option", { value, selected: value === start }, words)));
  const overlap = choice(OVERLAPS, policies.overlap ?? "skip");
  const execution = choice([["durable", "Durable"], ["light", "Light: five seconds at most"]], policies.execution ?? "durable");
  const after = choice([["keep", "Keep it"], ["delete", "Delete it"]], policies.after_completion ?? "keep");
  const number = (start, step = 1) => h("input", { type: "number", min: 0, step, value: start ?? "" });
  const numbers = NUMBERS.map(([name, words, hint]) => [name, number(policies[name]), words, hint]);
  const retries = RETRY.map(([name, words, hint]) => [name, number(policies.retry?.[name], name === "backoff" ? "any" : 1), words, hint]);
  const read = (input) => (input.value === "" ? null : Number(input.value));
  const taken = () => ({
    overlap: overlap.value,
    execution: execution.value,
    after_completion: after.value,
    ...Object.fromEntries(numbers.map(([name, input]) => [name, read(input)])),
    retry: Object.fromEntries(retries.map(([name, input]) => [name, read(input)])),
  });
  const before = taken();
  const element = h(
    "details",
    { class: "group" },
    h("summary", {}, "Policies"),
    h("div", { class: "fields" }, labelled("When one is still running", overlap, { name: "overlap" }), numbers.map(([name, input, words, hint]) => labelled(words, input, { name, hint })), labelled("Execution", execution, { name: "execution" }), labelled("When it can never run again", after, { name: "after_completion" })),
    h("fieldset", {}, h("legend", {}, "When a walker fails"), h("div", { class: "fields" }, retries.map(([name, input, words, hint]) => labelled(words, input, { name: `retry.${name}`, hint })))),
  );
  const value = () => {
    const now = taken();
    const found = Object.fromEntries(Object.entries(now).filter(([name, each]) => !same(each, before[name])));
    if (found.retry) {
      const given = Object.entries({ ...(policies.retry ?? {}), ...found.retry }).filter(([, each]) => each !== null);
      found.retry = Object.fromEntries(given);
    }
    return found;
  };
  return { element, value };
}
