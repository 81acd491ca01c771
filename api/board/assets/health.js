// Whether it works: the parts, and what the workers have.

import { get, isAbort } from "./api.js";
import { skew } from "./clock.js";
import { h, link, swap } from "./dom.js";
import { calm } from "./live.js";
import { href } from "./router.js";
import { claims } from "./session.js";
import { empty, failed } from "./states.js";
import { workersTable } from "./workers.js";

const PARTS = {
  api: ["API", "Answers."],
  temporal: ["Temporal", "Holds schedules and runs, and answers."],
  database: ["Lists", "Their store answers."],
  projection: ["Projection", "Follows what Temporal holds."],
  workers: ["Workers", "At least one runs, and answers."],
};

export function healthPage({ host, signal, title }) {
  title("Health");
  const parts = h("div", { role: "status", "aria-live": "polite" });
  const workers = h("div");
  const walkers = h("div");
  const { isAdmin } = claims();
  host.append(
    h("div", { class: "head" }, h("h1", {}, "Health")),
    h("section", { class: "part", "aria-labelledby": "parts" }, h("h2", { id: "parts" }, "Parts"), parts),
    isAdmin && h("section", { class: "part", "aria-labelledby": "workers" }, h("h2", { id: "workers" }, "Workers"), workers),
    h("section", { class: "part", "aria-labelledby": "walkers" }, h("h2", { id: "walkers" }, "Walkers that workers have"), walkers),
  );

  async function problems() {
    try {
      await get("healthz/ready", {}, signal);
      return {};
    } catch (error) {
      if (isAbort(error)) throw error;
      return error.details?.problems ?? { api: error.message };
    }
  }

  async function catalogue() {
    try {
      return await get("schedule/walkers", {}, signal);
    } catch (error) {
      if (isAbort(error)) throw error;
      return { error };
    }
  }

  async function pollers() {
    if (!isAdmin) return null;
    try {
      return (await get("workers", {}, signal)).workers;
    } catch (error) {
      if (isAbort(error)) throw error;
      return { error };
    }
  }

  function drawWorkers(found) {
    if (found.error) return failed(found.error);
    return found.length > 0 ? workersTable(found) : empty("No worker asks for work.");
  }

  function part(name, problem) {
    const [words, good] = PARTS[name];
    return h(
      "li",
      { class: problem ? "is-bad" : "is-good" },
      h("span", { class: `badge is-${problem ? "failed" : "succeeded"}` }, problem ? "Trouble" : "Well"),
      h("strong", {}, words),
      h("span", {}, problem ?? good),
    );
  }

  function drawWalkers({ walkers: found, problems: skipped }) {
    return [
      skipped.length > 0 &&
        h(
          "div",
          { class: "banner" },
          h("p", {}, h("strong", {}, "Skipped in the app:")),
          h("ul", {}, skipped.map((one) => h("li", {}, h("code", {}, `${one.file}:${one.line}`), ` ${one.walker ?? ""}: ${one.message}`))),
        ),
      h(
        "table",
        { class: "cards" },
        h("caption", { class: "hidden" }, "Walkers"),
        h("thead", {}, h("tr", {}, ["Walker", "Fields", "Where", ""].map((words) => h("th", { scope: "col" }, words || h("span", { class: "hidden" }, "What can be done"))))),
        h(
          "tbody",
          {},
          found.map((walker) =>
            h(
              "tr",
              {},
              h("th", { scope: "row", class: "of-name" }, h("span", { class: "name" }, walker.name), h("span", { class: "sub" }, walker.doc)),
              h("td", {}, walker.fields.length ? walker.fields.map((field) => h("div", {}, h("code", {}, `${field.name}: ${field.type}`), field.required ? "" : h("span", { class: "hint" }, " optional"))) : h("span", { class: "hint" }, "none")),
              h("td", {}, `${walker.language === "jac" ? "Jac" : "Python"} ${walker.kind}`, h("span", { class: "sub" }, `${walker.file}:${walker.line}`)),
              h("td", {}, h("div", { class: "buttons" }, link(href({ walker: walker.name }), { class: "button is-quiet" }, "Schedules"), link(href({ page: "new", walker: walker.name }), { class: "button is-quiet" }, "Schedule it"))),
            ),
          ),
        ),
      ),
    ];
  }

  async function read() {
    const [bad, known, asking] = await Promise.all([problems(), catalogue(), pollers()]);
    if (known.error) bad.workers = known.error.code === "no_worker" ? known.error.message : (bad.workers ?? `Cannot be told: ${known.error.message}`);
    const seconds = skew();
    swap(parts, [bad, Math.abs(seconds) > 5 && seconds], () => [
      h("ul", { class: "parts" }, Object.keys(PARTS).map((name) => part(name, bad[name]))),
      Math.abs(seconds) > 5 && h("p", { class: "banner" }, `This machine's clock is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} the API's. The board goes by the API's.`),
    ]);
    if (asking) swap(workers, asking.error?.message ?? asking, () => drawWorkers(asking));
    swap(walkers, known.error?.message ?? known, () => (known.error ? failed(known.error) : drawWalkers(known)));
  }

  const ignoreAborts = (error) => {
    if (!isAbort(error)) throw error;
  };
  calm(() => read().catch(ignoreAborts), signal, { every: 5 });
  parts.append(h("p", { class: "hint" }, "Each part is asked …"));
  read().catch(ignoreAborts);
}
