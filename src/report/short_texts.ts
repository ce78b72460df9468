/** The maximum number of characters of a text in a report. */
const MAX_TEXT = 8_000;

/** Returns a copy of plain data in which texts beyond 8,000 characters are cut, and end with the number of the rest. */
export function shortTexts<Data>(data: Data): Data {
  return shortened(data) as Data;
}

function shortened(value: unknown): unknown {
  if (typeof value === "string") return shortText(value);
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, shortened(field)]),
  );
}

function shortText(text: string): string {
  if (text.length <= MAX_TEXT) return text;
  return `${text.slice(0, MAX_TEXT)}… (${text.length - MAX_TEXT} more characters)`;
}
