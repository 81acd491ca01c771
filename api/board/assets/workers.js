// The workers that ask Temporal for work, which admins may see.

import { h } from "./dom.js";
import { since } from "./time.js";

const COLUMNS = ["Worker", "Version of the app", "Asked for work", "State"];

function row({ identity, host, process, version, asked_at: askedAt, is_alive: isAlive }) {
  return h(
    "tr",
    {},
    h("th", { scope: "row", class: "of-name" }, h("span", { class: "name", title: identity }, host || identity), process !== null && h("span", { class: "sub" }, `process ${process}`)),
    h("td", {}, h("code", {}, version || "unknown")),
    h("td", {}, since(askedAt)),
    h("td", {}, h("span", { class: `badge is-${isAlive ? "succeeded" : "failed"}` }, isAlive ? "Alive" : "Silent")),
  );
}

/** A table of workers; versions that differ are pointed at. */
export function workersTable(workers) {
  const versions = new Set(workers.filter((worker) => worker.is_alive).map((worker) => worker.version));
  return [
    versions.size > 1 &&
      h("p", { class: "banner" }, `Workers run ${versions.size} versions of the app's code. During an upgrade that is so; otherwise end those that are older.`),
    h(
      "table",
      { class: "cards" },
      h("caption", { class: "hidden" }, "Workers"),
      h("thead", {}, h("tr", {}, COLUMNS.map((words) => h("th", { scope: "col" }, words)))),
      h("tbody", {}, workers.map(row)),
    ),
    h("p", { class: "hint" }, "A worker asks for work once a minute at least. One that ended is shown for five minutes more."),
  ];
}
