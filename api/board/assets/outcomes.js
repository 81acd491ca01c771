// The last outcomes of schedules in a list. Each strip is asked for when it comes into sight, a few
// at a time, and again when the schedule has run since.

import { get, path } from "./api.js";
import { h } from "./dom.js";
import { blankStrip, strip } from "./status.js";

const AT_ONCE = 4;
const SHOWN = 20;

export class Outcomes {
  #signal;
  #known = new Map(); // schedule's id -> {last, runs}
  #waiting = [];
  #busy = 0;
  #watch;

  constructor(signal) {
    this.#signal = signal;
    this.#watch = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        this.#watch.unobserve(target);
        this.#waiting.push(target);
      }
      this.#turn();
    });
    signal.addEventListener("abort", () => this.#watch.disconnect());
  }

  /** Give the place of a schedule's strip. */
  place(schedule) {
    const last = schedule.last_run && `${schedule.last_run.id} ${schedule.last_run.status}`;
    const known = this.#known.get(schedule.id);
    const place = h("span", { class: "outcomes", "data-schedule": schedule.id });
    if (!last) {
      place.append(strip([]));
      return place;
    }
    place.append(known ? strip(known.runs) : blankStrip());
    if (known?.last !== last) {
      place.dataset.last = last;
      this.#watch.observe(place);
    }
    return place;
  }

  #turn() {
    while (this.#busy < AT_ONCE && this.#waiting.length > 0 && !this.#signal.aborted) {
      const place = this.#waiting.shift();
      // The row was drawn anew meanwhile.
      if (place.isConnected) this.#read(place);
    }
  }

  async #read(place) {
    this.#busy += 1;
    const { schedule, last } = place.dataset;
    try {
      const { runs } = await get(path`schedule/${schedule}/runs`, { limit: SHOWN }, this.#signal);
      this.#known.set(schedule, { last, runs });
      place.replaceChildren(strip(runs));
    } catch {
      // The list itself says what is wrong; the strip stays as it is.
    } finally {
      this.#busy -= 1;
      this.#turn();
    }
  }
}
