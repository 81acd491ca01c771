// JSON whose whole numbers keep all their digits. Beyond 2^53 the browser's numbers do not: such a
// number stays the text that it was, which only browsers of 2025 and newer can hold.

const CAN_HOLD = typeof JSON.rawJSON === "function";
const MAY_LOSE = /\d{16}/;

const isLong = (value) => Number.isInteger(value) && !Number.isSafeInteger(value);

function kept(_, value, { source }) {
  return isLong(value) && /^-?\d+$/.test(source) ? JSON.rawJSON(source) : value;
}

export const parse = (text) => (CAN_HOLD && MAY_LOSE.test(text) ? JSON.parse(text, kept) : JSON.parse(text));

/** Give the whole number that somebody wrote; NaN where it is none. */
export function wholeNumber(text) {
  const found = Number(text);
  return CAN_HOLD && isLong(found) && /^\s*-?\d+\s*$/.test(text) ? JSON.rawJSON(String(BigInt(text))) : found;
}

export const isNumberText = (value) => CAN_HOLD && JSON.isRawJSON(value);

/** Say whether what was parsed here is what was written. */
export function isWhole(value) {
  if (CAN_HOLD) return true;
  if (value !== null && typeof value === "object") return Object.values(value).every(isWhole);
  return !isLong(value);
}
