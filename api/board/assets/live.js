// What happens, as it happens. A tab that nobody looks at holds no stream: browsers allow few
// connections to one host.

import { Problem, isAbort, stream } from "./api.js";
import { eachSecond, now, wait } from "./clock.js";

const LONGEST_WAIT = 15;
const happened = new EventTarget();
let state = "connecting";
let lastId = null;

/** Call `told` with name and data of each event, until `signal` says stop. */
export function onEvent(told, signal) {
  happened.addEventListener("event", (event) => told(event.detail), { signal });
}

export function onState(told, signal) {
  happened.addEventListener("state", () => told(state), { signal });
  told(state);
}

function enter(next) {
  if (state === next) return;
  state = next;
  happened.dispatchEvent(new Event("state"));
}

const visible = () =>
  new Promise((resolve) => {
    if (!document.hidden) resolve();
    else document.addEventListener("visibilitychange", () => resolve(), { once: true });
  });

/** Follow the API's events until `signal` says stop. */
export async function follow(signal) {
  let failures = 0;
  lastId = null;
  while (!signal.aborted) {
    await visible();
    const looking = new AbortController();
    const close = () => looking.abort();
    const hide = () => document.hidden && looking.abort();
    signal.addEventListener("abort", close);
    document.addEventListener("visibilitychange", hide);
    try {
      const headers = lastId ? { "Last-Event-ID": lastId } : {};
      const opened = () => {
        failures = 0;
        enter("live");
      };
      for await (const event of stream("events", { headers, signal: looking.signal, opened })) {
        if (event.id) lastId = event.id;
        happened.dispatchEvent(new CustomEvent("event", { detail: event }));
      }
    } catch (error) {
      if (!isAbort(error) && !(error instanceof Problem) && !(error instanceof TypeError)) throw error;
    } finally {
      signal.removeEventListener("abort", close);
      document.removeEventListener("visibilitychange", hide);
    }
    if (signal.aborted || looking.signal.aborted) continue;
    failures += 1;
    enter("away");
    await wait(Math.min(LONGEST_WAIT, 2 ** failures / 2), signal);
  }
}

/**
 * Give a function that has `work` done soon, once for many calls, and never twice at a time.
 * What cannot be heard of (schedules of the code tell only admins) it looks after by itself.
 */
export function calm(work, signal, { seconds = 1, every = 20 } = {}) {
  let isWanted = false;
  let isBusy = false;
  let due = 0;
  let looked = now();
  const turn = async () => {
    const isOld = now() - looked > every * 1000;
    if (isBusy || document.hidden || (!isOld && (!isWanted || now() < due))) return;
    isWanted = false;
    isBusy = true;
    looked = now();
    try {
      await work();
    } finally {
      isBusy = false;
      due = now() + seconds * 1000;
    }
  };
  eachSecond(turn, signal);
  return () => {
    isWanted = true;
    setTimeout(() => !signal.aborted && turn(), 60);
  };
}
