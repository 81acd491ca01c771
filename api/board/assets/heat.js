// The last 90 days, a square for each: how many runs, and how many of them went wrong.

import { get } from "./api.js";
import { now } from "./clock.js";
import { counted } from "./counted.js";
import { h, svg } from "./dom.js";
import { BAD } from "./status.js";
import { sayDay } from "./time.js";

const DAYS = 90;
const SIZE = 13;
const STEP = 16;
const LEFT = 30;
const TOP = 16;
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const month = new Intl.DateTimeFormat(undefined, { month: "short" });

/** Count runs by day of the reader's clock. */
async function countDays(where, signal) {
  const first = new Date(now());
  first.setHours(0, 0, 0, 0);
  first.setDate(first.getDate() - DAYS + 1);
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
  const { spans } = await get(`${where}/counts`, { by: "day", timezone, since: first.toISOString() }, signal);
  return spans.map(({ since, total, counts }) => {
    const bad = [...BAD].reduce((all, status) => all + (counts[status] ?? 0), 0);
    return { day: new Date(since), runs: total, bad };
  });
}

function level(count, most) {
  if (count === 0) return 0;
  return Math.max(1, Math.ceil((4 * Math.log1p(count)) / Math.log1p(most)));
}

function say({ day, runs, bad }) {
  const words = counted(runs, "run");
  return `${sayDay(day)}: ${words}${bad ? `, ${bad.toLocaleString()} went wrong` : ""}`;
}

function draw(days) {
  const most = Math.max(1, ...days.map((each) => each.runs));
  const offset = (days[0].day.getDay() + 6) % 7; // weeks begin on Monday
  const columns = Math.ceil((days.length + offset) / 7);
  const cells = days.map((each, at) => {
    const place = at + offset;
    const x = LEFT + Math.floor(place / 7) * STEP;
    const y = TOP + (place % 7) * STEP;
    return svg(
      "g",
      {},
      svg("title", {}, say(each)),
      svg("rect", { class: `day is-${level(each.runs, most)}`, x, y, width: SIZE, height: SIZE, rx: 3 }),
      each.bad > 0 && svg("circle", { class: "day-bad", cx: x + SIZE / 2, cy: y + SIZE / 2, r: 3.2 }),
    );
  });
  const names = [0, 2, 4].map((row) => {
    const day = new Date(2024, 0, 1 + row); // a Monday
    return svg("text", { x: 0, y: TOP + row * STEP + 10 }, weekday.format(day));
  });
  const months = days
    .map((each, at) => [each.day, LEFT + Math.floor((at + offset) / 7) * STEP])
    .filter(([day]) => day.getDate() === 1)
    .map(([day, x]) => svg("text", { x, y: 10 }, month.format(day)));
  const runs = days.reduce((all, each) => all + each.runs, 0);
  const bad = days.reduce((all, each) => all + each.bad, 0);
  const told = `${counted(runs, "run")} in ${DAYS} days, ${bad.toLocaleString()} of them went wrong`;
  const width = LEFT + columns * STEP;
  return [
    svg("svg", { class: "heat", viewBox: `0 0 ${width} ${TOP + 7 * STEP}`, role: "img", "aria-label": told }, names, months, cells),
    h("p", { class: "hint" }, `${told}. A dot marks a day on which something went wrong.`),
  ];
}

/** Show a heat map of the runs that `where` lists. */
export async function runHeat({ host, where, signal }) {
  host.replaceChildren(...draw(await countDays(where, signal)));
}
