// Who changed what, when and why.

import { h } from "./dom.js";
import { isNumberText } from "./json.js";
import { empty } from "./states.js";
import { since, stamp } from "./time.js";

const WORDS = {
  created: "created it",
  updated: "changed it",
  paused: "paused it",
  resumed: "resumed it",
  deleted: "deleted it",
  renewed: "renewed its plan",
};

const shown = (value) => (value === null || value === "" ? "nothing" : typeof value === "string" ? value : JSON.stringify(value));

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value) && !isNumberText(value);

/** Give what differs, and within objects only the parts that do. */
function parts(name, { before, after }) {
  if (!isObject(before) || !isObject(after)) return [[name, { before, after }]];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .flatMap((key) => parts(`${name}.${key}`, { before: before[key] ?? null, after: after[key] ?? null }));
}

function difference(fields) {
  const entries = Object.entries(fields ?? {})
    .filter(([name]) => name !== "note")
    .flatMap(([name, both]) => parts(name, both));
  if (entries.length === 0) return null;
  return h(
    "dl",
    { class: "difference" },
    entries.map(([name, { before, after }]) => [
      h("dt", {}, name),
      h("dd", {}, h("del", {}, shown(before)), " ", h("span", { "aria-hidden": "true" }, "→"), " ", h("ins", {}, shown(after))),
    ]),
  );
}

export function changeList({ changes, truncated }) {
  if (changes.length === 0) return empty("Nobody has changed it.");
  return [
    h(
      "ol",
      { class: "changes" },
      changes.map((change) =>
        h(
          "li",
          {},
          h(
            "p",
            {},
            h("strong", {}, change.by ?? "Somebody"),
            ` ${WORDS[change.kind] ?? change.kind}${change.outside ? " outside Footfall" : ""} `,
            h("span", { class: "hint" }, since(change.at), " · ", stamp(change.at), ` · revision ${change.revision}`),
          ),
          change.reason && h("p", { class: "quote" }, change.reason),
          difference(change.difference),
        ),
      ),
    ),
    truncated && h("p", { class: "hint" }, "Older changes are no longer kept."),
  ];
}
