// Questions before something is done.

import { h } from "./dom.js";
import { isAbort } from "./api.js";

let number = 0;

/**
 * Ask, and do what is confirmed.
 *
 * `content` is shown above the buttons; `submit` does it and may fail: its problem is shown and
 * the dialog stays. With `isDanger` nothing is preselected.
 */
export function askFor({ title, content = [], confirm, isDanger = false, isWide = false, submit }) {
  // A second click on what opens it must not ask, and then do, the same twice.
  if (document.querySelector("dialog[open]")) return null;
  number += 1;
  const id = `dialog-${number}`;
  const problem = h("div", { role: "alert" });
  const yes = h("button", { type: "submit", class: isDanger ? "button is-danger" : "button is-main" }, confirm);
  const no = h("button", { type: "button", class: "button", on: { click: () => dialog.close() } }, "Cancel");
  const form = h(
    "form",
    { novalidate: true },
    h("h2", { id }, title),
    content,
    problem,
    h("div", { class: "buttons" }, no, yes),
  );
  const dialog = h("dialog", { "aria-labelledby": id, class: isWide ? "is-wide" : null }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    yes.disabled = true;
    problem.replaceChildren();
    try {
      await submit();
      dialog.close();
    } catch (error) {
      if (isAbort(error)) return;
      if (!error.isSilent) showProblem(problem, error);
      if (error.status === undefined && !error.isPlain) throw error;
    } finally {
      yes.disabled = false;
    }
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  if (isDanger) no.focus();
  return dialog;
}

/** A problem that the board finds itself. */
export function plainProblem(message) {
  return Object.assign(new Error(message), { isPlain: true, fields: [] });
}

export function showProblem(host, error) {
  const fields = error.fields ?? [];
  host.replaceChildren(
    h(
      "div",
      { class: "problem" },
      fields.length ? null : h("p", {}, error.message),
      fields.map((each) => h("p", {}, h("strong", {}, each.field), `: ${each.message}`)),
    ),
  );
}

let fieldNumber = 0;

/** A labelled input with a hint and a place for its problem. */
export function labelled(text, input, { hint, name } = {}) {
  fieldNumber += 1;
  input.id ||= `field-${fieldNumber}`;
  const told = [];
  const wrong = h("span", { class: "wrong", id: `${input.id}-wrong` });
  told.push(wrong.id);
  const help = hint ? h("span", { class: "hint", id: `${input.id}-hint` }, hint) : null;
  if (help) told.unshift(help.id);
  input.setAttribute("aria-describedby", told.join(" "));
  if (name) input.dataset.name = name;
  const isBox = input.type === "checkbox";
  const label = h("label", { for: input.id }, text);
  return h("div", { class: isBox ? "field is-box" : "field" }, isBox ? [input, label] : [label, input], help, wrong);
}

export function reasonField() {
  const input = h("input", { type: "text", maxlength: 500, autocomplete: "off" });
  return { element: labelled("Reason", input, { hint: "Optional; stands in the schedule's changes." }), value: () => input.value.trim() || undefined };
}
