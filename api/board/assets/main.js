// The page's frame: who looks, where one can go, and which page is shown.

import { h, link, swap } from "./dom.js";
import { skew } from "./clock.js";
import { follow, onState } from "./live.js";
import { href, query, start } from "./router.js";
import { messages, say } from "./say.js";
import * as session from "./session.js";
import { keepTime, stamp } from "./time.js";
import { signInPage } from "./sign-in.js";
import { schedulesPage } from "./schedules.js";
import { schedulePage } from "./schedule.js";
import { runPage } from "./run.js";
import { runsPage } from "./runs.js";
import { editorPage } from "./editor.js";
import { timelinePage } from "./timeline.js";
import { healthPage } from "./health.js";

const PAGES = { runs: runsPage, new: editorPage, timeline: timelinePage, health: healthPage };
const PLACES = [
  ["Schedules", {}, "schedules"],
  ["Runs", { page: "runs" }, "runs"],
  ["Timeline", { page: "timeline" }, "timeline"],
  ["Health", { page: "health" }, "health"],
];
const STATES = {
  live: "Live",
  connecting: "Connecting …",
  away: "Not connected; trying again",
};

let page = null; // {key, signal's controller, update}
let following = null;

/** Which page an address means, and what tells it from others. */
function pageOf(asked) {
  if (asked.schedule && asked.run) return ["runs", runPage, `run ${asked.schedule} ${asked.run}`];
  if (asked.schedule && asked.edit) return ["schedules", editorPage, `edit ${asked.schedule}`];
  if (asked.schedule) return ["schedules", schedulePage, `schedule ${asked.schedule}`];
  if (Object.hasOwn(PAGES, asked.page ?? "")) return [asked.page, PAGES[asked.page], `${asked.page} ${asked.from ?? ""}`];
  return ["schedules", schedulesPage, "schedules"];
}

const main = h("main", { id: "content", tabindex: -1 });
const places = h("nav", { "aria-label": "Board" });
const header = h("header", { class: "top" });

function drawPlaces(current) {
  swap(places, current, () =>
    h(
      "ul",
      {},
      PLACES.map(([words, where, name]) =>
        h("li", {}, link(href(where), { "data-key": name, "aria-current": name === current ? "page" : null }, words)),
      ),
    ),
  );
}

function drawHeader(signal) {
  const who = session.claims();
  const state = h("span", { class: "state", role: "status" });
  onState((now) => {
    state.dataset.state = now;
    state.replaceChildren(h("i", { "aria-hidden": "true" }), STATES[now]);
    const seconds = skew();
    if (Math.abs(seconds) > 5) state.title = `This machine's clock is ${seconds} s off; the board goes by the API's.`;
  }, signal);
  const leave = h("button", { type: "button", class: "button is-quiet", on: { click: () => session.end() } }, "Sign out");
  header.replaceChildren(
    link(href(), { class: "brand" }, h("img", { src: new URL("mark.svg", import.meta.url), alt: "", width: 26, height: 26 }), "Footfall"),
    places,
    h(
      "div",
      { class: "who" },
      state,
      h(
        "span",
        { class: "user" },
        who.user,
        who.isAdmin && h("span", { class: "badge is-code" }, "admin"),
        who.expires && h("span", { class: "hint" }, "until ", stamp(who.expires.toISOString())),
      ),
      leave,
    ),
  );
}

function title(text) {
  document.title = text ? `${text} · Footfall` : "Footfall";
}

function show({ isNew = true } = {}) {
  const asked = query();
  const [place, make, key] = pageOf(asked);
  drawPlaces(place);
  if (page?.key === key && page.update) {
    page.update(asked);
    return;
  }
  page?.controller.abort();
  const controller = new AbortController();
  const host = h("div", { class: "page" });
  main.replaceChildren(host);
  title(null);
  page = { key, controller, update: null };
  page.update = make({ host, query: asked, signal: controller.signal, title })?.update ?? null;
  if (isNew) {
    scrollTo(0, 0);
    main.focus({ preventScroll: true });
  }
}

function enter() {
  following = new AbortController();
  document.body.replaceChildren(
    h("a", { class: "skip", href: "#content", on: { click: skip } }, "Skip to the content"),
    header,
    main,
    messages(),
  );
  drawHeader(following.signal);
  follow(following.signal);
  show({ isNew: false });
}

function skip(event) {
  event.preventDefault();
  main.focus();
}

function leave(why) {
  page?.controller.abort();
  page = null;
  following?.abort();
  document.querySelectorAll("dialog").forEach((each) => each.close());
  document.body.replaceChildren(signInPage({ why, enter }), messages());
  title("Sign in");
}

/** Signing in by a link is told: it might be somebody else's. */
function enterByLink() {
  enter();
  say(`Signed in as ${session.claims().user}.`);
}

const isByLink = session.open();
session.onEnd(leave);
start((how) => session.isOpen() && show(how));
addEventListener("hashchange", () => {
  if (!session.open()) return;
  leave(null);
  enterByLink();
});
keepTime();
if (isByLink) enterByLink();
else if (session.isOpen()) enter();
else leave(null);
