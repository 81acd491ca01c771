import { ask } from "./api.js";
import { labelled, showProblem } from "./dialog.js";
import { h } from "./dom.js";
import * as session from "./session.js";

/** Asks for a token, and calls `enter` with one that the API takes. */
export function signInPage({ why, enter }) {
  const input = h("input", {
    type: "password",
    autocomplete: "off",
    spellcheck: "false",
    autocapitalize: "off",
    required: true,
    value: "",
  });
  const problem = h("div", { role: "alert" });
  const button = h("button", { type: "submit", class: "button is-main" }, "Sign in");
  const form = h(
    "form",
    { novalidate: true },
    labelled("Token", input, { hint: "It stays in this tab, and is gone when you close it." }),
    problem,
    h("div", { class: "buttons" }, button),
  );
  if (why) showProblem(problem, new Error(why));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.replaceChildren();
    if (!input.value.trim()) {
      showProblem(problem, new Error("Paste a token first."));
      input.focus();
      return;
    }
    button.disabled = true;
    try {
      session.begin(input.value);
      await ask("GET", "schedule/list", { query: { limit: 1 } });
      enter();
    } catch (error) {
      // A token that was refused has ended the session, and this page was made anew.
      if (error.status === 401) return;
      // The token is good, and something else is away: the board shows what.
      if (error.status === 503 && error.code !== "scheduler_disabled") enter();
      else session.end(error.message);
      if (error.status === undefined) throw error;
    } finally {
      button.disabled = false;
    }
  });
  queueMicrotask(() => input.focus());
  return h(
    "main",
    { class: "sign-in", id: "content" },
    h("img", { src: new URL("mark.svg", import.meta.url), alt: "", width: 56, height: 56 }),
    h("h1", {}, "Footfall"),
    h("p", { class: "lead" }, "Durable schedules for your walkers."),
    form,
    h(
      "p",
      { class: "hint" },
      "On this machine: ",
      h("code", {}, "footfall token --user ada"),
      " prints one, and ",
      h("code", {}, "footfall dev"),
      " a link that signs you in.",
    ),
  );
}
