import type { SchemaIssue } from "../routine/schema.ts";
import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";

/**
 * A payload was refused by the schema of the slot that it was delivered to.
 *
 * @example What a schema found, field by field
 * ```ts
 * import { SlotValidationError } from "@millrace/flow";
 *
 * const error: unknown = new SlotValidationError("import.user", [
 *   { path: ["user", "age"], message: "must be a number" },
 * ]);
 * if (error instanceof SlotValidationError) {
 *   for (const { path, message } of error.issues) console.log(path, message);
 * } // user.age must be a number
 * ```
 */
export class SlotValidationError extends MillraceError {
  /** Always `"SlotValidationError"`. */
  override readonly name = "SlotValidationError";
  /** The issues that the schema found, each with its path. */
  readonly issues: readonly SlotIssue[];

  /**
   * Makes the error.
   *
   * @param slot The slot, as `parser.input`.
   * @param issues What the schema found.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(
    slot: string,
    issues: readonly SchemaIssue[],
    options?: MillraceErrorOptions,
  ) {
    const found = issues.map(toSlotIssue);
    const text = found.map(({ path, message }) => path === "" ? message : `${path}: ${message}`);
    super(`slot "${slot}" refuses its payload: ${text.join("; ")}`, options);
    this.issues = found;
  }
}

/**
 * One thing that a slot's schema found wrong with a payload.
 *
 * @example Messages by field, for a form
 * ```ts
 * import type { SlotIssue } from "@millrace/flow";
 *
 * function messagesOf(issues: readonly SlotIssue[]): Map<string, string> {
 *   return new Map(issues.map(({ path, message }) => [path, message]));
 * }
 * ```
 */
export interface SlotIssue {
  /** The path of the offending field, as `user.age`; empty for the payload itself. */
  readonly path: string;
  /** The message of the schema. */
  readonly message: string;
}

function toSlotIssue({ path = [], message }: SchemaIssue): SlotIssue {
  const keys = path.map((part) => String(typeof part === "object" ? part.key : part));
  return { path: keys.join("."), message };
}
