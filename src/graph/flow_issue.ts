/**
 * A fault of a flow.
 *
 * @example Printing the faults of a flow
 * ```ts
 * import { Flow, type FlowIssue } from "@millrace/flow";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 })
 *   .add("fibonacci", fibonacci)
 *   .add("a.total", total);
 * const issues: FlowIssue[] = await flow.validate();
 * for (const { severity, place, message, fix } of issues) {
 *   if (severity === "error") console.log(`${place}: ${message}; ${fix}`);
 * }
 * ```
 */
export interface FlowIssue {
  /** The kind of fault. */
  readonly code:
    | "invalid_id"
    | "duplicate_id"
    | "not_a_routine"
    | "unknown_routine"
    | "unknown_event"
    | "unknown_slot"
    | "duplicate_connection"
    | "unreachable"
    | "not_exported"
    | "not_loadable";
  /** An `error` prevents the flow from starting; a `warning` does not. */
  readonly severity: "error" | "warning";
  /** The place: a routine's id, a connection as `source.output -> sink.input`, or the flow. */
  readonly place: string;
  /** The description of the fault. */
  readonly message: string;
  /** The fix. */
  readonly fix: string;
}
