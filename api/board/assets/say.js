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

export const copy = (text, what) =>
  navigator.clipboard.writeText(text).then(
    () => say(`${what} copied.`),
    () => say(`The browser does not let the board copy ${what.toLowerCase()}.`, { isBad: true }),
  );
