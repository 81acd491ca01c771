// All schedules: found, sorted and paged by what stands in the address.

import { get, isAbort } from "./api.js";
import { Outcomes } from "./outcomes.js";
import { eachSecond, now } from "./clock.js";
import { h, keyed, link, swap } from "./dom.js";
import { calm, onEvent } from "./live.js";
import { go, href } from "./router.js";
import { claims } from "./session.js";
import { attempt, empty } from "./states.js";
import { badge, codeBadge } from "./status.js";
import { stamp, until } from "./time.js";

const PAGE_SIZE = 50;
const TYPING_MS = 250;

const CHOICES = {
  status: ["Status", [["", "Any status"], ["active", "Active"], ["paused", "Paused"], ["completed", "Completed"]]],
  last: [
    "Last run",
    [
      ["", "Any last run"],
      ["succeeded", "Succeeded"],
      ["failed", "Failed"],
      ["timed_out", "Timed out"],
      ["running", "Running"],
      ["cancelled", "Cancelled"],
      ["terminated", "Terminated"],
      ["none", "Never ran"],
    ],
  ],
  trigger: ["Trigger", [["", "Any trigger"], ["interval", "Interval"], ["cron", "Cron"], ["date", "Date"], ["after", "After another"]]],
  made: ["Made by", [["", "Code and API"], ["code", "Code"], ["api", "API"]]],
  sort: [
    "Sort by",
    [
      ["", "By next run"],
      ["-last_run_at", "By latest run"],
      ["-created_at", "Newest first"],
      ["walker_name", "By walker"],
      ["name", "By name"],
      ["-failure_count", "Most failures"],
      ["-run_count", "Most runs"],
      ["status", "By status"],
    ],
  ],
};
const CHIPS = { tag: "Tag", walker: "Walker", owner: "Owner", follows: "Runs after" };

function parameters(asked) {
  return {
    q: asked.q,
    status: asked.status,
    last_status: asked.last,
    trigger: asked.trigger,
    is_static: asked.made ? String(asked.made === "code") : undefined,
    tag: asked.tag,
    walker_name: asked.walker,
    owner: asked.owner,
    follows: asked.follows,
    sort: asked.sort || "next_run_at",
    cursor: asked.cursor,
    limit: PAGE_SIZE,
  };
}

export const nameOf = (schedule) => schedule.name ?? schedule.walker_name;

export function schedulesPage({ host, query, signal, title }) {
  title("Schedules");
  let asked = query;
  let shown = null;
  const outcomes = new Outcomes(signal);
  const { isAdmin } = claims();

  const search = h("input", {
    type: "search",
    placeholder: "Name, walker, words, tag or id",
    "aria-keyshortcuts": "/",
    "aria-label": "Search schedules",
    value: asked.q ?? "",
    autocomplete: "off",
  });
  const selects = Object.fromEntries(
    Object.entries(CHOICES).map(([name, [label, options]]) => [
      name,
      h(
        "select",
        { "aria-label": label, on: { change: (event) => narrow({ [name]: event.target.value }) } },
        options.map(([value, words]) => h("option", { value }, words)),
      ),
    ]),
  );
  const chips = h("div", { class: "chips" });
  const count = h("p", { class: "count", role: "status", "aria-live": "polite" });
  const rows = h("tbody");
  const table = h(
    "table",
    { class: "cards" },
    h("caption", { class: "hidden" }, "Schedules"),
    h(
      "thead",
      {},
      h("tr", {}, ["Status", "Schedule", "When", "Next run", "Last runs"].map((words) => h("th", { scope: "col" }, words))),
    ),
    rows,
  );
  const body = h("div", { class: "list" });
  const pages = h("nav", { "aria-label": "Pages", class: "pages" });
  host.append(
    h(
      "div",
      { class: "head" },
      h("h1", {}, "Schedules"),
      link(href({ page: "new" }), { class: "button is-main" }, "New schedule"),
    ),
    h("form", { class: "filters", role: "search", on: { submit: (event) => event.preventDefault() } }, search, Object.values(selects)),
    chips,
    count,
    body,
    pages,
  );

  function narrow(change) {
    go({ ...asked, cursor: undefined, ...change }, { replace: true });
  }

  let typing;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => narrow({ q: search.value.trim() }), TYPING_MS);
  });
  signal.addEventListener("abort", () => clearTimeout(typing));

  addEventListener(
    "keydown",
    (event) => {
      const isTyping = event.target.closest?.("input, select, textarea, dialog");
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      search.focus();
    },
    { signal },
  );

  function drawFilters() {
    if (document.activeElement !== search) search.value = asked.q ?? "";
    for (const [name, select] of Object.entries(selects)) {
      select.value = asked[name] ?? "";
      select.classList.toggle("is-set", name !== "sort" && select.value !== "");
    }
    const set = Object.entries(CHIPS).filter(([name]) => asked[name]);
    chips.replaceChildren(
      ...set.map(([name, words]) =>
        h(
          "button",
          { type: "button", class: "chip", "aria-label": `Remove the filter ${words}: ${asked[name]}`, on: { click: () => narrow({ [name]: undefined }) } },
          `${words}: ${asked[name]} `,
          h("span", { "aria-hidden": "true" }, "×"),
        ),
      ),
    );
  }

  const isFiltered = () => Object.keys({ ...CHOICES, ...CHIPS, q: 1 }).some((name) => name !== "sort" && asked[name]);

  function row(schedule) {
    const where = href({ schedule: schedule.id });
    return h(
      "tr",
      {},
      h("td", { class: "of-status" }, badge(schedule.status)),
      h(
        "th",
        { scope: "row", class: "of-name" },
        link(where, { class: "name" }, nameOf(schedule)),
        schedule.is_static && codeBadge(),
        h(
          "span",
          { class: "sub" },
          [schedule.name && schedule.walker_name, schedule.description !== schedule.trigger_description && schedule.description].filter(Boolean).join(" · "),
          isAdmin && !schedule.is_static && h("span", { class: "owner" }, schedule.owner),
        ),
        schedule.tags.length > 0 &&
          h("span", { class: "tags" }, schedule.tags.map((tag) => link(href({ ...asked, cursor: undefined, tag }), { class: "tag" }, tag))),
      ),
      h("td", { class: "of-when" }, schedule.trigger_description || "—", schedule.pause_reason && h("span", { class: "sub is-warned" }, schedule.pause_reason)),
      h(
        "td",
        { class: "of-next" },
        schedule.next_run_at
          ? [until(schedule.next_run_at, { class: "countdown" }), h("span", { class: "sub" }, stamp(schedule.next_run_at))]
          : h("span", { class: "sub" }, schedule.status === "active" && schedule.config.trigger === "after" ? "When the other ends" : "—"),
      ),
      h("td", { class: "of-last" }, outcomes.place(schedule)),
    );
  }

  function draw(data) {
    shown = data;
    const { schedules, total, cursor } = data;
    swap(count, [total, isFiltered()], () => `${total.toLocaleString()} ${total === 1 ? "schedule" : "schedules"}${isFiltered() ? " found" : ""}`);
    swap(pages, [cursor, asked], () => [
      asked.cursor && link(href({ ...asked, cursor: undefined }), { class: "button", "data-key": "first" }, "First page"),
      cursor && link(href({ ...asked, cursor }), { class: "button", "data-key": "next" }, "Next page"),
    ]);
    if (schedules.length === 0) {
      body.replaceChildren(nothing(data));
      return;
    }
    if (!table.isConnected) body.replaceChildren(table);
    keyed(rows, schedules, (each) => each.id, row, ({ next_runs: _, ...facts }) => facts);
    if (data.broken?.length && !body.querySelector(".broken")) body.append(broken(data.broken));
  }

  function nothing(data) {
    if (data.broken?.length) return broken(data.broken);
    if (isFiltered()) {
      return empty("No schedule is like that.", h("p", {}, link(href(), { class: "button" }, "Clear the filters")));
    }
    return empty(
      "No schedules yet.",
      h("p", {}, "A schedule runs one of your walkers: every few minutes, weekdays at nine, once, or after another."),
      h("p", {}, link(href({ page: "new" }), { class: "button is-main" }, "Make the first one")),
    );
  }

  function broken(found) {
    return h(
      "section",
      { class: "broken" },
      h("h2", {}, "Cannot be read"),
      h("ul", {}, found.map((one) => h("li", {}, h("strong", {}, one.id), ` ${one.reason ?? one.message ?? ""}`))),
    );
  }

  let reading = new AbortController();
  async function read() {
    reading.abort();
    reading = new AbortController();
    signal.addEventListener("abort", () => reading.abort(), { signal: reading.signal });
    draw(await get("schedule/list", parameters(asked), reading.signal));
  }

  function load() {
    drawFilters();
    body.classList.add("is-stale");
    attempt(body, read, "Schedules are read", signal).finally(() => body.classList.remove("is-stale"));
  }

  const refresh = calm(async () => {
    try {
      await read();
    } catch (error) {
      if (!isAbort(error) && error.status === undefined) throw error;
    }
  }, signal);
  onEvent(({ name }) => name !== "notice" && refresh(), signal);
  eachSecond(() => {
    const isDue = shown?.schedules.some((each) => each.next_run_at && Date.parse(each.next_run_at) < now() - 500);
    if (isDue) refresh();
  }, signal);
  load();

  return {
    update(next) {
      const isPage = next.cursor !== asked.cursor;
      asked = next;
      if (isPage) scrollTo(0, 0);
      load();
    },
  };
}

