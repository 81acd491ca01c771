// Instants and durations in words.

import { h } from "./dom.js";
import { eachSecond, now } from "./clock.js";

const DAY = { weekday: "short", day: "numeric", month: "short" };
const TIME = { hour: "2-digit", minute: "2-digit" };
const short = new Intl.DateTimeFormat(undefined, { ...DAY, ...TIME });
const clock = new Intl.DateTimeFormat(undefined, { ...TIME, second: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, {
  ...DAY,
  year: "numeric",
  ...TIME,
  second: "2-digit",
  timeZoneName: "short",
});
const day = new Intl.DateTimeFormat(undefined, { ...DAY, year: "numeric" });
const UNITS = [
  ["d", 86400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
];

/** Say a number of seconds by its two largest units: 2 d 3 h. */
export function span(seconds) {
  let left = Math.max(0, Math.floor(seconds));
  const parts = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
    left -= count * size;
  }
  return parts.join(" ") || "0 s";
}

/** Say how long something took. */
export function took(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return "";
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60000) return `${Number((milliseconds / 1000).toFixed(1))} s`;
  return span(milliseconds / 1000);
}

const isToday = (at) => new Date(at).toDateString() === new Date(now()).toDateString();

export const sayShort = (at) => (isToday(at) ? clock : short).format(new Date(at));
export const sayFull = (at) => full.format(new Date(at));
export const sayDay = (at) => day.format(new Date(at));

const sayUntil = (at) => {
  const seconds = (Date.parse(at) - now()) / 1000;
  return seconds > 0 ? `in ${span(seconds + 0.999)}` : "due now";
};
const saySince = (at) => {
  const seconds = (now() - Date.parse(at)) / 1000;
  return seconds < 5 ? "just now" : `${span(seconds).split(" ").slice(0, 2).join(" ")} ago`;
};
const sayLasting = (at) => span((now() - Date.parse(at)) / 1000);
const KINDS = { until: sayUntil, since: saySince, lasting: sayLasting };

function moving(kind, at, props) {
  return h(
    "time",
    { datetime: at, title: `${sayFull(at)} · ${at}`, "data-moving": kind, ...props },
    KINDS[kind](at),
  );
}

/** Elements that count by themselves: to an instant, from one, or how long something lasts. */
export const until = (at, props) => moving("until", at, props);
export const since = (at, props) => moving("since", at, props);
export const lasting = (at, props) => moving("lasting", at, props);

/** An instant by the clock of whoever looks. */
export const stamp = (at, say = sayShort) => h("time", { datetime: at, title: `${sayFull(at)} · ${at}` }, say(at));

/** What clocks of a schedule's time zone show then, where they show something else than here. */
export function elsewhere({ utc, local }, zone) {
  const here = new Date(Date.parse(utc) - new Date(utc).getTimezoneOffset() * 60000).toISOString();
  if (!zone || here.slice(0, 16) === local.slice(0, 16)) return null;
  const day = here.slice(0, 10) === local.slice(0, 10) ? "" : `${local.slice(0, 10)} `;
  return h("span", { class: "hint" }, ` · ${day}${local.slice(11, 16)} in ${zone}`);
}

/** The time zone that a trigger is about; intervals are about none. */
export const zoneOf = (config) => (config.trigger === "interval" ? null : (config.timezone ?? "UTC"));

export function keepTime() {
  eachSecond(() => {
    if (document.hidden) return;
    for (const element of document.querySelectorAll("[data-moving]")) {
      const text = KINDS[element.dataset.moving](element.dateTime);
      if (element.textContent !== text) element.textContent = text;
    }
  });
}
