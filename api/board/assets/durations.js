// How long runs took, as bars: the newest at the right, each a link to its run.

import { h, svg } from "./dom.js";
import { href } from "./router.js";
import { RUN_WORDS } from "./status.js";
import { sayShort, took } from "./time.js";

const WIDTH = 720;
const HEIGHT = 120;
const TOP = 14;
const MOST = 60;

/** The next round number above: 1, 2 or 5 of a power of ten. */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((each) => each >= value);
}

export function durationChart(runs) {
  const ended = runs.filter((run) => run.duration_ms !== null).slice(0, MOST).reverse();
  if (ended.length < 2) return null;
  const most = ceiling(Math.max(1, ...ended.map((run) => run.duration_ms)));
  const sorted = ended.map((run) => run.duration_ms).sort((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)];
  const step = WIDTH / MOST;
  const yOf = (milliseconds) => TOP + (HEIGHT - TOP) * (1 - milliseconds / most);
  const first = MOST - ended.length;
  const bars = ended.map((run, at) => {
    const y = Math.min(yOf(run.duration_ms), HEIGHT - 2);
    const words = `${RUN_WORDS[run.status]}, ${took(run.duration_ms)}, ${sayShort(run.started_at)}`;
    return svg(
      "a",
      { href: href({ schedule: run.schedule_id, run: run.id }), "aria-label": words, tabindex: -1 },
      svg("title", {}, words),
      svg("rect", { class: "target", x: (first + at) * step, y: 0, width: step, height: HEIGHT }),
      svg("rect", { class: `bar is-${run.status}`, x: (first + at) * step + 1.5, y, width: step - 3, height: HEIGHT - y, rx: 2 }),
    );
  });
  const told = `The last ${ended.length} runs took ${took(sorted[0])} to ${took(sorted.at(-1))}, half of them ${took(median)} or less.`;
  return h(
    "figure",
    { class: "chart" },
    svg(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": "Durations", preserveAspectRatio: "none" },
      svg("line", { class: "grid", x1: 0, x2: WIDTH, y1: TOP, y2: TOP }),
      svg("line", { class: "median", x1: 0, x2: WIDTH, y1: yOf(median), y2: yOf(median) }),
      bars,
    ),
    h("span", { class: "scale", "aria-hidden": "true" }, took(most)),
    h("figcaption", {}, told),
  );
}
