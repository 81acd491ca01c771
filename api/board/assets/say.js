// Short messages: shown for a while, and read out.

import { h } from "./dom.js";

const SECONDS = 6;
const host = h("div", { class: "messages", role: "status", "aria-live": "polite" });

export const messages = () => host;

export function say(text, { isBad = false } = {}) {
  const message = h("p", { class: isBad ? "message is-bad" : "message" }, text);
  host.append(message);
  setTimeout(() => message.remove(), SECONDS * 1000);
}

/** Copy a text, where the browser lets pages do so: over HTTPS, and on this machine. */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} is copied.`);
  } catch {
    say("The browser does not let the board copy.", { isBad: true });
  }
}
