import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";

/**
 * A slot was named that does not exist.
 *
 * @example An entry slot that came from outside
 * ```ts
 * import { Flow, UnknownSlotError } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * const entry: string = "fibonacci.m";
 * try {
 *   flow.start(entry as "fibonacci.n", 20);
 * } catch (error) {
 *   if (!(error instanceof UnknownSlotError)) throw error;
 *   console.log(error.message); // there is no slot "fibonacci.m"; choose one of fibonacci.n
 * }
 * ```
 */
export class UnknownSlotError extends MillraceError {
  /** Always `"UnknownSlotError"`. */
  override readonly name = "UnknownSlotError";

  /**
   * Makes the error.
   *
   * @param slot The slot as it was given.
   * @param known The slots that exist.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(slot: string, known: readonly string[], options?: MillraceErrorOptions) {
    super(`there is no slot "${slot}"; ${listed(known)}`, { slot, ...options });
  }
}

function listed(known: readonly string[]): string {
  return known.length === 0 ? "there are none" : `choose one of ${known.join(", ")}`;
}
