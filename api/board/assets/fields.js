// A form for a walker's arguments, made of its fields.

import { h } from "./dom.js";
import { labelled, plainProblem } from "./dialog.js";
import { isNumberText, isWhole, parse, wholeNumber } from "./json.js";

const kindsOf = (schema) => schema.anyOf ?? schema.oneOf ?? [schema];

/** Give the one plain type of a schema, and null where there is none; whether null will do does not count. */
function plain(schema) {
  const some = kindsOf(schema).filter((kind) => kind.type !== "null");
  if (some.length !== 1 || !["string", "integer", "number", "boolean"].includes(some[0].type)) {
    return some.length === 1 && some[0].enum ? some[0] : null;
  }
  return some[0];
}

/** Say whether null has to be chosen: it will do, and leaving the field out means something else. */
const hasNull = (field) => kindsOf(field.json_schema).some(({ type }) => type === "null") && (field.required || field.default !== null);

const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** A choice among values; what is left open is no value. */
function choice(field, values, start, mustChoose) {
  const all = hasNull(field) ? [...values, null] : values;
  const options = all.map((each) => h("option", { value: JSON.stringify(each), selected: each === start }, shown(each)));
  return h("select", {}, mustChoose ? options : [h("option", { value: "" }, "—"), ...options]);
}

function inputFor(field, given) {
  const kind = plain(field.json_schema);
  const start = given === undefined ? (field.required ? undefined : field.default) : given;
  const mustChoose = field.required && given !== undefined;
  if (kind?.enum?.every((each) => typeof each === "string")) return choice(field, kind.enum, start, mustChoose);
  if (kind?.type === "boolean" && kind !== field.json_schema) return choice(field, [true, false], start, mustChoose);
  if (kind?.type === "boolean") return h("input", { type: "checkbox", checked: start === true });
  if (kind?.type === "integer" || kind?.type === "number") {
    const value = isNumberText(start) ? JSON.stringify(start) : (start ?? "");
    return h("input", { type: "number", step: kind.type === "integer" ? 1 : "any", value });
  }
  if (kind?.type === "string" && /[\r\n]/.test(start ?? "")) {
    return h("textarea", { rows: Math.min(8, start.split("\n").length + 1), value: start });
  }
  if (kind?.type === "string") return h("input", { type: "text", value: start ?? "", autocomplete: "off" });
  const text = start === undefined || start === null ? "" : JSON.stringify(start, null, 2);
  return h("textarea", { rows: Math.min(8, text.split("\n").length + 1), spellcheck: "false", class: "mono", value: text });
}

/** A box beside an input in which null cannot be written. */
function nullFor(field, input, given) {
  const isPlain = ["string", "integer", "number"].includes(plain(field.json_schema)?.type);
  if (!isPlain || input.tagName === "SELECT" || !hasNull(field)) return null;
  const box = h("input", { type: "checkbox", checked: given === null });
  const draw = () => {
    input.disabled = box.checked;
  };
  box.addEventListener("input", draw);
  draw();
  return box;
}

/** Give what an input holds; undefined leaves the field out. `isTouched`: somebody made it so. */
function valueOf(field, input, isTouched) {
  const kind = plain(field.json_schema);
  if (input.type === "checkbox") return input.checked;
  const text = input.value;
  if (input.tagName === "SELECT") return text === "" ? undefined : JSON.parse(text);
  if (kind?.type === "string") return text === "" && !(field.default === "" || (field.required && isTouched)) ? undefined : text;
  if (text.trim() === "") return undefined;
  if (kind?.type === "integer") return wholeNumber(text);
  if (kind?.type === "number") return Number(text);
  try {
    return parse(text);
  } catch {
    throw plainProblem(`${field.name} has to be JSON.`);
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Read the JSON object that somebody wrote; `what` names it. */
export function objectOf(text, what) {
  let found;
  try {
    found = parse(text.trim() || "{}");
  } catch {
    throw plainProblem(`${what} have to be JSON.`);
  }
  if (found === null || typeof found !== "object" || Array.isArray(found)) {
    throw plainProblem(`${what} have to be a JSON object.`);
  }
  return found;
}

function whole(args) {
  if (!isWhole(args)) {
    throw plainProblem("This browser cannot hold all digits of a number in the arguments. Use a newer one, or `footfall schedules`.");
  }
  return args;
}

/**
 * A form for `fields` (null where no worker can be asked), filled with `args`.
 *
 * `value()` gives the arguments: those that were given before, and what differs from a default.
 */
export function argumentForm(fields, args, changed = () => {}) {
  const known = new Set((fields ?? []).map((field) => field.name));
  const isForm = fields !== null && Object.keys(args).every((name) => known.has(name));
  if (!isForm) {
    const json = h("textarea", { rows: 6, spellcheck: "false", class: "mono", value: JSON.stringify(args, null, 2) });
    json.addEventListener("input", changed);
    return { element: labelled("Arguments as JSON", json, { name: "args" }), value: () => whole(objectOf(json.value, "The arguments")) };
  }
  if (fields.length === 0) {
    return { element: h("p", { class: "hint" }, "This walker takes no arguments."), value: () => ({}) };
  }
  const inputs = fields.map((field) => {
    const input = inputFor(field, args[field.name]);
    return [field, input, nullFor(field, input, args[field.name])];
  });
  // What nobody touched stays what it was: not every value has an input that shows it whole.
  const touched = new Set();
  const element = h(
    "div",
    { class: "arguments" },
    inputs.map(([field, input, none]) => {
      for (const each of [input, none]) {
        each?.addEventListener("input", () => {
          touched.add(field.name);
          changed();
        });
      }
      const rest = field.required ? "required" : `default: ${field.default === null ? "none" : shown(field.default)}`;
      return [
        labelled(field.name, input, { hint: `${field.type} · ${rest}`, name: `args.${field.name}` }),
        none && labelled(`${field.name} is null`, none),
      ];
    }),
  );
  const value = () => {
    const found = {};
    for (const [field, input, none] of inputs) {
      const isTouched = touched.has(field.name);
      if (!isTouched && field.name in args) {
        found[field.name] = args[field.name];
        continue;
      }
      const each = none?.checked ? null : valueOf(field, input, isTouched);
      const isGiven = field.name in args || field.required || !same(each, field.default);
      if (each !== undefined && isGiven) found[field.name] = each;
    }
    return whole(found);
  };
  return { element, value };
}
