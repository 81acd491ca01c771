// A form for a trigger, and for those of its options that are common; the others stay JSON.

import { h } from "./dom.js";
import { labelled } from "./dialog.js";
import { objectOf } from "./fields.js";

const UNITS = ["weeks", "days", "hours", "minutes", "seconds"];
const KINDS = [
  ["interval", "Interval"],
  ["cron", "Cron"],
  ["date", "Once"],
  ["after", "After another"],
];
const OUTCOMES = ["succeeded", "failed", "timed_out", "cancelled"];
const OWN = new Set(["trigger", "timezone", "cron", "run_date", "after", ...UNITS]);

const zones = () => ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

/** `value()` gives the trigger with its options, flat, as the API takes it. */
export function triggerForm(config, changed) {
  const kinds = KINDS.map(([value, words]) => [value, h("input", { type: "radio", name: "trigger", value, checked: config.trigger === value, id: `trigger-${value}` }), words]);
  const kind = () => kinds.find(([, input]) => input.checked)?.[0] ?? "interval";

  const units = UNITS.map((unit) => [
    unit,
    h("input", { type: "number", min: 0, step: 1, value: config[unit] ?? "", "aria-label": unit, id: `every-${unit}` }),
  ]);
  const cron = h("input", { type: "text", class: "mono", value: config.cron ?? "", placeholder: "0 9 * * 1-5", autocomplete: "off", spellcheck: "false" });
  const date = h("input", { type: "text", class: "mono", value: config.run_date ?? "", placeholder: "2027-01-01T09:00:00", autocomplete: "off" });
  const list = h("datalist", { id: "zones" }, zones().map((zone) => h("option", { value: zone })));
  const zone = h("input", { type: "text", value: config.timezone ?? "", placeholder: "UTC", list: "zones", autocomplete: "off", spellcheck: "false" });
  const other = h("input", { type: "text", class: "mono", value: config.after?.schedule ?? "", autocomplete: "off", spellcheck: "false" });
  const chosen = config.after?.on ?? ["succeeded"];
  const ends = OUTCOMES.map((outcome) => [outcome, h("input", { type: "checkbox", checked: chosen.includes(outcome), id: `on-${outcome}` })]);
  const rest = Object.fromEntries(Object.entries(config).filter(([name]) => !OWN.has(name)));
  const written = Object.keys(rest).length ? JSON.stringify(rest, null, 2) : "";
  const more = h("textarea", {
    class: "mono",
    rows: Math.max(3, written.split("\n").length),
    spellcheck: "false",
    value: written,
    placeholder: '{"exclude": {"holidays": "DE"}, "jitter": 30}',
  });

  const forKind = {
    interval: h("fieldset", { class: "row units" }, h("legend", {}, "Every"), units.map(([unit, input]) => h("div", { class: "field" }, h("label", { for: input.id }, unit), input))),
    cron: labelled("Cron", cron, { name: "cron", hint: "Minute, hour, day of the month, month, day of the week; as crontab(5)." }),
    date: labelled("At", date, { name: "run_date", hint: "ISO 8601; without an offset it is meant in the time zone." }),
    after: h(
      "div",
      {},
      labelled("Id of the other schedule", other, { name: "after.schedule" }),
      h("fieldset", { class: "row" }, h("legend", {}, "When a run of it"), ends.map(([words, input]) => h("div", { class: "field is-box" }, input, h("label", { for: input.id }, words.replace("_", " "))))),
    ),
  };
  const zoned = labelled("Time zone", zone, { name: "timezone", hint: "An IANA name, such as Europe/Berlin." });
  const further = h(
    "details",
    { open: Object.keys(rest).length > 0 },
    h("summary", {}, "More options"),
    labelled("As JSON", more, { name: "options", hint: "start_at, end_at, exclude, jitter, dst_gap, dst_overlap; for cron also its fields, such as hour." }),
  );

  const element = h(
    "fieldset",
    { class: "group" },
    h("legend", {}, "When"),
    h("div", { class: "segments", role: "radiogroup", "aria-label": "Kind of trigger" }, kinds.map(([, input, words]) => [input, h("label", { for: input.id }, words)])),
    Object.values(forKind),
    zoned,
    list,
    further,
  );

  function draw() {
    const now = kind();
    for (const [name, part] of Object.entries(forKind)) part.hidden = name !== now;
    zoned.hidden = now === "after";
    further.hidden = now === "after" || now === "date";
  }

  let isTouched = false;
  element.addEventListener("input", () => {
    isTouched = true;
    draw();
    changed();
  });
  draw();

  const options = () => objectOf(more.value, "The further options");

  function followed() {
    const on = ends.filter(([, input]) => input.checked).map(([name]) => name);
    const isAsBefore = on.length === chosen.length && on.every((name) => chosen.includes(name));
    return { ...config.after, schedule: other.value.trim(), ...(isAsBefore ? {} : { on }) };
  }

  const value = () => {
    // However it was written, what nobody touched stays so.
    if (!isTouched) return config;
    const trigger = kind();
    if (trigger === "after") return { trigger, after: followed() };
    const shared = { trigger, ...(zone.value.trim() ? { timezone: zone.value.trim() } : {}) };
    if (trigger === "date") return { ...shared, run_date: date.value.trim() };
    if (trigger === "cron") return { ...shared, ...(cron.value.trim() ? { cron: cron.value.trim() } : {}), ...options() };
    const given = units.filter(([, input]) => input.value !== "").map(([unit, input]) => [unit, Number(input.value)]);
    return { ...shared, ...Object.fromEntries(given), ...options() };
  };
  return { element, value };
}
