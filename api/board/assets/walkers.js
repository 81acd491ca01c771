// The walkers that the running workers know.

import { get, isAbort } from "./api.js";

export const readCatalogue = (signal) => get("schedule/walkers", {}, signal);

/** Give the fields of a walker, or null where no worker can be asked or none knows it. */
export async function fieldsOf(name, signal) {
  try {
    const { walkers } = await readCatalogue(signal);
    return walkers.find((walker) => walker.name === name)?.fields ?? null;
  } catch (error) {
    if (isAbort(error)) throw error;
    return null;
  }
}
