/** One thing that is wrong with a flow. */
export interface FlowIssue {
  /** What kind of fault it is. */
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
  /** An `error` keeps the flow from starting; a `warning` does not. */
  readonly severity: "error" | "warning";
  /** Where it is: a routine's id, or a connection as `source.output -> sink.input`. */
  readonly place: string;
  /** What is wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
}
