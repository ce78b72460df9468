/** The number of characters of a text of a user, such as a message, that is sent. */
const MAX_TEXT = 4_000;

/** The fields that identify something, and are sent whole. */
const IDS: ReadonlySet<string> = new Set([
  "flowId",
  "jobId",
  "routineId",
  "activationId",
  "workerId",
  "waitId",
  "signal",
  "from",
  "more",
]);

/**
 * Returns numbers and rows as JSON, in which long texts of users are cut off. A snapshot that is sent several times a
 * second may contain messages and stacks of any length.
 */
export function boundedJson(value: unknown, maxText = MAX_TEXT): string {
  return JSON.stringify(value, (key, part) => {
    if (typeof part === "bigint") return String(part);
    if (typeof part !== "string" || part.length <= maxText || IDS.has(key)) return part;
    return cut(part, maxText);
  });
}

/** Cuts off a long text, and says so. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, max).replace(/[\ud800-\udbff]$/, "")}… (${text.length} characters)`;
}
