// Who looks: a token, kept as long as the tab is open and read by nobody but the API.

const KEY = "footfall.token";
const ended = new EventTarget();
let token = null;

/**
 * Take the token of the tab, or the one in the address, which is taken out of it at once.
 *
 * Gives whether it was in the address.
 */
export function open() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    history.replaceState(history.state, "", location.pathname + location.search);
    begin(given);
    return true;
  }
  token = sessionStorage.getItem(KEY);
  return false;
}

export function begin(given) {
  token = given.trim().replace(/^bearer\s+/i, "");
  sessionStorage.setItem(KEY, token);
}

/** Forget the token; `why` is told to whoever looks. */
export function end(why) {
  if (token === null) return;
  token = null;
  sessionStorage.removeItem(KEY);
  ended.dispatchEvent(new CustomEvent("end", { detail: why ?? null }));
}

export function onEnd(told) {
  ended.addEventListener("end", (event) => told(event.detail));
}

export const isOpen = () => token !== null;

export const bearer = () => `Bearer ${token}`;

/** Say whether a request can carry the token; whoever made it, a header has no room for others. */
export const isSendable = () => /^[\x21-\x7e]+$/.test(token ?? "none");

/** What the token says of itself. It decides what is offered; what is allowed, the API decides. */
export function claims() {
  try {
    const part = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(part), (char) => char.charCodeAt(0));
    const found = JSON.parse(new TextDecoder().decode(bytes));
    const expires = new Date(typeof found.exp === "number" ? found.exp * 1000 : NaN);
    return {
      user: String(found.user_id ?? found.sub ?? "unknown"),
      isAdmin: found.role === "admin",
      // Some never do, by a number that no calendar has.
      expires: Number.isNaN(expires.getTime()) ? null : expires,
    };
  } catch {
    return { user: "unknown", isAdmin: false, expires: null };
  }
}
