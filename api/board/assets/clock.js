// What time it is for the API, whatever this machine's clock says.

let ahead = 0;
const roundedBy = 1000;

/** Take note of the time that an answer shows; it is cut to whole seconds. */
export function heard(date) {
  const theirs = Date.parse(date ?? "");
  if (Number.isNaN(theirs)) return;
  const off = theirs + roundedBy / 2 - Date.now();
  ahead = Math.abs(off) > 2 * roundedBy ? off : 0;
}

export const now = () => Date.now() + ahead;

/** How far this machine's clock is off, in seconds. */
export const skew = () => Math.round(-ahead / 1000);

const ticking = new Set();
setInterval(() => ticking.forEach((each) => each()), 1000);

/** Call something each second, until `signal` says stop. */
export function eachSecond(call, signal) {
  ticking.add(call);
  signal?.addEventListener("abort", () => ticking.delete(call));
}

export function wait(seconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
