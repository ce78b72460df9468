const THOUSANDS = /\B(?=(\d{3})+$)/g;

/** Formats a number of things in at most six columns: `0`, `1,234`, `123k`, `4.56M`. */
export function count(number: number): string {
  if (!(number < 1e15)) return "∞";
  if (number < 99_999.5) return Math.round(number).toString().replace(THOUSANDS, ",");
  const [unit, of] = UNITS.find(([, of]) => number >= of * 0.9995) ?? ["k", 1e3];
  const digits = (number / of).toPrecision(3);
  return digits.includes("e") ? `${Math.round(number / of)}${unit}` : `${digits}${unit}`;
}

/** Formats a number of things each second: `0/s`, `3.4/s`, `1,234/s`. */
export function rate(number: number): string {
  return `${number > 0 && number < 9.95 ? number.toFixed(1) : count(number)}/s`;
}

const UNITS = [["T", 1e12], ["G", 1e9], ["M", 1e6], ["k", 1e3]] as const;
