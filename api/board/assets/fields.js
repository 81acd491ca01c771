// A form for a walker's arguments, made of its fields.

import { h } from "./dom.js";
import { labelled, plainProblem } from "./dialog.js";

/** Give the one plain type of a schema, and whether null will do; else null. */
function plain(schema) {
  const kinds = schema.anyOf ?? schema.oneOf ?? [schema];
  const some = kinds.filter((kind) => kind.type !== "null");
  if (some.length !== 1 || !["string", "integer", "number", "boolean"].includes(some[0].type)) {
    return some.length === 1 && some[0].enum ? some[0] : null;
  }
  return some[0];
}

const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));

function inputFor(field, given) {
  const kind = plain(field.json_schema);
  const start = given === undefined ? (field.required ? undefined : field.default) : given;
  if (kind?.enum?.every((each) => typeof each === "string")) {
    const options = kind.enum.map((each) => h("option", { value: each, selected: each === start }, each));
    return h("select", {}, field.required && given !== undefined ? options : [h("option", { value: "" }, "—"), ...options]);
  }
  if (kind?.type === "boolean") return h("input", { type: "checkbox", checked: start === true });
  if (kind?.type === "integer" || kind?.type === "number") {
    return h("input", { type: "number", step: kind.type === "integer" ? 1 : "any", value: start ?? "" });
  }
  if (kind?.type === "string" && /[\r\n]/.test(start ?? "")) {
    return h("textarea", { rows: Math.min(8, start.split("\n").length + 1), value: start });
  }
  if (kind?.type === "string") return h("input", { type: "text", value: start ?? "", autocomplete: "off" });
  const text = start === undefined || start === null ? "" : JSON.stringify(start, null, 2);
  return h("textarea", { rows: Math.min(8, text.split("\n").length + 1), spellcheck: "false", class: "mono", value: text });
}

function valueOf(field, input) {
  const kind = plain(field.json_schema);
  if (input.type === "checkbox") return input.checked;
  const text = input.value;
  if (kind?.type === "string") return text === "" && !(field.required || field.default === "") ? undefined : text;
  if (text.trim() === "") return undefined;
  if (kind?.type === "integer" || kind?.type === "number") return Number(text);
  if (input.tagName === "SELECT") return text;
  try {
    return JSON.parse(text);
  } catch {
    throw plainProblem(`${field.name} has to be JSON.`);
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * A form for `fields` (null where no worker can be asked), filled with `args`.
 *
 * `value()` gives the arguments: those that were given before, and what differs from a default.
 */
export function argumentForm(fields, args, changed = () => {}) {
  const json = h("textarea", { rows: 6, spellcheck: "false", class: "mono", value: JSON.stringify(args, null, 2) });
  const whole = labelled("Arguments as JSON", json, { name: "args" });
  const fromJson = () => {
    let found;
    try {
      found = JSON.parse(json.value.trim() || "{}");
    } catch {
      throw plainProblem("The arguments have to be JSON.");
    }
    if (found === null || typeof found !== "object" || Array.isArray(found)) {
      throw plainProblem("The arguments have to be a JSON object.");
    }
    return found;
  };
  const known = new Set((fields ?? []).map((field) => field.name));
  const isForm = fields !== null && Object.keys(args).every((name) => known.has(name));
  if (!isForm) {
    json.addEventListener("input", changed);
    return { element: whole, value: fromJson };
  }
  if (fields.length === 0) {
    return { element: h("p", { class: "hint" }, "This walker takes no arguments."), value: () => ({}) };
  }
  const inputs = fields.map((field) => [field, inputFor(field, args[field.name])]);
  // What nobody touched stays what it was: not every value has an input that shows it whole.
  const touched = new Set();
  const element = h(
    "div",
    { class: "arguments" },
    inputs.map(([field, input]) => {
      input.addEventListener("input", () => {
        touched.add(field.name);
        changed();
      });
      const rest = field.required ? "required" : `default: ${field.default === null ? "none" : shown(field.default)}`;
      return labelled(field.name, input, { hint: `${field.type} · ${rest}`, name: `args.${field.name}` });
    }),
  );
  const value = () => {
    const found = {};
    for (const [field, input] of inputs) {
      if (!touched.has(field.name) && field.name in args) {
        found[field.name] = args[field.name];
        continue;
      }
      const each = valueOf(field, input);
      const isGiven = field.name in args || field.required || !same(each, field.default);
      if (each !== undefined && isGiven) found[field.name] = each;
    }
    return found;
  };
  return { element, value };
}
