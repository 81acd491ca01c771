/** Give a number with what it counts: "1 run", "2 runs". */
export const counted = (number, noun) => `${number.toLocaleString()} ${number === 1 ? noun : `${noun}s`}`;
