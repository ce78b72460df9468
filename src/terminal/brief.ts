import { printable } from "../errors/printable.ts";

/**
 * Formats a value in one readable line: `gauge gauge_1, level 84, gathered {reading, processed}`. Of nested objects,
 * only the keys are shown.
 */
export function brief(value: unknown): string {
  if (typeof value !== "object" || value === null) return printable(String(value));
  if (Array.isArray(value)) return `[${value.map(brief).join(", ")}]`;
  return Object.entries(value).map(([key, field]) =>
    typeof field === "object" && field !== null && !Array.isArray(field)
      ? `${printable(key)} {${printable(Object.keys(field).join(", "))}}`
      : `${printable(key)} ${brief(field)}`
  ).join(", ");
}
