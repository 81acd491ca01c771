// Requests to the API, always with the token of the session.

import { bearer, end, isSendable } from "./session.js";
import { heard } from "./clock.js";
import { parse } from "./json.js";

/** What the API refused, or that it did not answer. */
export class Problem extends Error {
  constructor(status, data) {
    super(data?.message ?? "The API gave an answer that the board does not understand.");
    this.status = status;
    this.code = data?.code ?? "unknown";
    this.details = data?.details ?? {};
    this.fields = this.details.fields ?? [];
  }
}

export const isAbort = (error) => error?.name === "AbortError";

function addressOf(path, query) {
  const url = new URL(path, document.baseURI);
  url.search = "";
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const each of [value].flat()) {
      if (each !== undefined && each !== null && each !== "") url.searchParams.append(name, each);
    }
  }
  return url;
}

/** Give an id as a part of a path. With a space, dots are no step in it but an id that nothing has. */
const step = (id) => encodeURIComponent(/^\.{0,2}$/.test(id) ? `${id} ` : id);

/** Make a path of fixed parts and ids: path`schedule/${id}/runs`. */
export function path(parts, ...ids) {
  return parts.reduce((all, part, at) => all + step(ids[at - 1]) + part);
}

async function send(method, where, { query, body, headers, signal } = {}) {
  if (!isSendable()) {
    const problem = new Problem(401, { code: "unauthorized", message: "This is no token: it has characters that none has." });
    // Not at once: a page that is being made must not lose its frame meanwhile.
    await null;
    end(problem.message);
    throw problem;
  }
  let answer;
  try {
    answer = await fetch(addressOf(where, query), {
      method,
      signal,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      headers: {
        Authorization: bearer(),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new Problem(0, { code: "unreachable", message: "The API cannot be reached." });
  }
  heard(answer.headers.get("Date"));
  if (answer.ok) return answer;
  const envelope = await answer.json().catch(() => null);
  const problem = new Problem(answer.status, envelope?.data);
  if (problem.status === 401) end(problem.message);
  throw problem;
}

/** Send a request; gives its data, and the ETag to hand to `If-Match`. */
export async function ask(method, where, options) {
  const answer = await send(method, where, options);
  let envelope;
  try {
    envelope = parse(await answer.text());
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new Problem(answer.status, null);
  }
  return { data: envelope.data, etag: answer.headers.get("ETag") };
}

/** Give a part of an answer. Where it has none, an id was another of the API's paths, such as `list`. */
export function partOf(data, name) {
  if (data?.[name]) return data[name];
  throw new Problem(404, { code: "not_found", message: "It does not exist, or you may not see it." });
}

/** Ask for something. Where an API gives smaller pages than are asked for, it gives its own. */
export async function get(where, query, signal) {
  try {
    return (await ask("GET", where, { query, signal })).data;
  } catch (error) {
    if (error.status !== 400 || !error.fields.some(({ field }) => field === "limit")) throw error;
    return (await ask("GET", where, { query: { ...query, limit: undefined }, signal })).data;
  }
}

/** Read a stream of server-sent events, one by one: `{id, name, data}`. */
export async function* stream(where, { headers, signal, opened } = {}) {
  const answer = await send("GET", where, { headers, signal });
  opened?.();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += value;
      const blocks = rest.split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const event = read(block);
        if (event) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function read(block) {
  const event = { id: null, name: "message", data: null };
  let text = "";
  for (const line of block.split("\n")) {
    const at = line.indexOf(": ");
    const [field, value] = at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 2)];
    if (field === "id") event.id = value;
    if (field === "event") event.name = value;
    if (field === "data") text += value;
  }
  if (!text) return null;
  event.data = parse(text);
  return event;
}
