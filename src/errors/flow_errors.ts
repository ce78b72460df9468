// The errors of a graph: of its validation, of its slots, and of a flow whose graph or id does not match.

import type { FlowIssue } from "../graph/flow_issue.ts";
import type { SchemaIssue } from "../routine/schema.ts";
import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";
import { StoreError } from "./store_errors.ts";

/**
 * A flow cannot start because its wiring is invalid. All faults are in `issues`.
 *
 * @example A connection that is made twice
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { FlowValidationError } from "@millrace/flow/errors";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow()
 *   .add("fibonacci", fibonacci)
 *   .connect("fibonacci.result", "fibonacci.n")
 *   .connect("fibonacci.result", "fibonacci.n");
 * try {
 *   flow.start("fibonacci.n", 20);
 * } catch (error) {
 *   if (!(error instanceof FlowValidationError)) throw error;
 *   for (const { code, fix } of error.issues) console.log(code, fix);
 * }
 * ```
 */
export class FlowValidationError extends MillraceError {
  /** Always `"FlowValidationError"`. */
  override readonly name = "FlowValidationError";
  /** The issues, each with its place and a fix. */
  readonly issues: readonly FlowIssue[];

  /**
   * Creates the error.
   *
   * @param flowId The flow.
   * @param issues The faults of its wiring.
   */
  constructor(flowId: string, issues: readonly FlowIssue[]) {
    const lines = issues.map(({ place, message, fix }) => `  ${place}: ${message}; ${fix}`);
    super(`flow "${flowId}" cannot start:\n${lines.join("\n")}`, { flowId });
    this.issues = issues;
  }
}

/**
 * The graph of a flow was changed after its first job had started.
 *
 * @example Adding a routine too late
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { FlowStartedError } from "@millrace/flow/errors";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * flow.pause();
 * flow.start("fibonacci.n", 20);
 * try {
 *   flow.add("total", total); // belongs before the first start
 * } catch (error) {
 *   console.log(error instanceof FlowStartedError); // true
 * }
 * ```
 */
export class FlowStartedError extends MillraceError {
  /** Always `"FlowStartedError"`. */
  override readonly name = "FlowStartedError";
}

/**
 * A job cannot go on because its flow is wired differently from when the job started.
 *
 * @example Cancelling the jobs that an older version of the flow left
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { FlowChangedError } from "@millrace/flow/errors";
 * import { MemoryStore } from "@millrace/flow/store";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * const store = new MemoryStore();
 * const older = new Flow({ store }).add("fibonacci", fibonacci);
 * older.pause();
 * older.start("fibonacci.n", 20);
 * await older.close({ jobs: "keep" });
 *
 * await using flow = new Flow({ store }).add("fibonacci", fibonacci).add("total", total);
 * try {
 *   await flow.recover();
 * } catch (error) {
 *   if (!(error instanceof FlowChangedError)) throw error;
 *   console.log(error.added); // [ "total(number) -> ()" ], which the older flow lacked
 *   await flow.recover({ changed: "cancel" });
 * }
 * ```
 */
export class FlowChangedError extends MillraceError {
  /** Always `"FlowChangedError"`. */
  override readonly name = "FlowChangedError";
  /** Parts that the flow had when the job started and lacks now. */
  readonly removed: readonly string[];
  /** Parts that the flow has now and lacked when the job started. */
  readonly added: readonly string[];

  /**
   * Creates the error.
   *
   * @param flowId The flow.
   * @param jobId The job.
   * @param removed The parts that the flow had when the job started and lacks now.
   * @param added The parts that the flow has now and lacked when the job started.
   */
  constructor(
    flowId: string,
    jobId: string,
    removed: readonly string[],
    added: readonly string[],
  ) {
    const lines = [...removed.map((line) => `  - ${line}`), ...added.map((line) => `  + ${line}`)];
    super(
      `flow "${flowId}" has changed since job "${jobId}" started; restore it, or recover with { changed: "continue" } or { changed: "cancel" }:\n${
        lines.join("\n")
      }`,
      { flowId, jobId },
    );
    this.removed = removed;
    this.added = added;
  }
}

/**
 * Some jobs of a flow could not be recovered, as their stored records are damaged. The other jobs were taken
 * over, and run: `flow.job` and `flow.jobs` return them.
 *
 * @example Going on without the jobs that are damaged
 * ```ts
 * import type { Flow } from "@millrace/flow";
 * import { UnreadableJobsError } from "@millrace/flow/errors";
 * import type { Store } from "@millrace/flow/store";
 *
 * async function recover(flow: Flow, store: Store): Promise<void> {
 *   try {
 *     await flow.recover();
 *   } catch (error) {
 *     if (!(error instanceof UnreadableJobsError)) throw error;
 *     for (const jobId of error.jobIds) store.delete(jobId);
 *   }
 * }
 * ```
 */
export class UnreadableJobsError extends StoreError {
  /** Always `"UnreadableJobsError"`. */
  override readonly name = "UnreadableJobsError";
  /** The jobs that could not be read. */
  readonly jobIds: readonly string[];

  /**
   * Makes the error.
   *
   * @param flowId The flow.
   * @param reasons The errors of the store, by job. The first one is the `cause`.
   */
  constructor(flowId: string, reasons: ReadonlyMap<string, unknown>) {
    const [cause] = reasons.values();
    const names = [...reasons.keys()].map((jobId) => `"${jobId}"`).join(", ");
    super(
      `flow "${flowId}" has recovered without jobs that cannot be read: ${names}; ` +
        "delete them with store.delete(), or restore a copy of the store",
      { flowId, cause },
    );
    this.jobIds = [...reasons.keys()];
  }
}

/**
 * A flow was used while another flow of the same id had the same store open. Both would execute the same
 * jobs.
 *
 * @example Two flows on one store
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { DuplicateFlowError } from "@millrace/flow/errors";
 * import { MemoryStore } from "@millrace/flow/store";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * const store = new MemoryStore();
 * await using first = new Flow({ id: "numbers", store }).add("fibonacci", fibonacci);
 * await using second = new Flow({ id: "numbers", store }).add("fibonacci", fibonacci);
 * await first.recover();
 * try {
 *   await second.recover();
 * } catch (error) {
 *   console.log(error instanceof DuplicateFlowError); // true
 * }
 * ```
 */
export class DuplicateFlowError extends MillraceError {
  /** Always `"DuplicateFlowError"`. */
  override readonly name = "DuplicateFlowError";

  /**
   * Creates the error.
   *
   * @param flowId The id of both flows.
   */
  constructor(flowId: string) {
    super(
      `a flow "${flowId}" has this store open already; use that one, close it first, or give this one an id of its own`,
      { flowId },
    );
  }
}

/**
 * A call named a slot that does not exist.
 *
 * @example An entry slot that came from outside
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { UnknownSlotError } from "@millrace/flow/errors";
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
   * Creates the error.
   *
   * @param slot The name of the slot, as the caller gave it.
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

/**
 * A payload was refused by the schema of the slot that it was delivered to.
 *
 * @example The issues that a schema found, field by field
 * ```ts
 * import { SlotValidationError } from "@millrace/flow/errors";
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
   * Creates the error.
   *
   * @param slot The slot, as `parser.input`.
   * @param issues The issues that the schema found.
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

/** A fault that the schema of a slot found in a payload. */
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
