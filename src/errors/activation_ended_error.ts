import { MillraceError } from "./millrace_error.ts";

/**
 * A context was used after its activation had ended, where the effect would have been lost.
 *
 * @example Awaiting what a handler starts, so that it never comes
 * ```ts
 * import { defineRoutine, slot } from "@millrace/flow";
 *
 * export const measure = defineRoutine(import.meta, {
 *   slots: { file: slot<Blob>() },
 *   handlers: {
 *     async file(file, ctx) {
 *       const text = await file.text(); // with `file.text().then(...)` the handler would end first
 *       ctx.sharedData.set("length", text.length);
 *     },
 *   },
 * });
 * ```
 */
export class ActivationEndedError extends MillraceError {
  /** Always `"ActivationEndedError"`. */
  override readonly name = "ActivationEndedError";
}
