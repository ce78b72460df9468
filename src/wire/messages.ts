// The messages between a host and its workers. `src/pool` sends and reads them on the host, `src/worker` in
// the worker. Each packed form has a file of its own in this room.

import type { SerializedError } from "../data/serialized_error.ts";
import type { Committed } from "../routine/committed.ts";
import type { ItemsMessage } from "./items.ts";
import type { PackedEffects } from "./packed_effects.ts";
import type { TaskBatch } from "./task_batch.ts";

/**
 * The messages from a host to a worker. Both sides count them, so that a message that cannot be read can be
 * identified by its number.
 */
export type HostMessage =
  | {
    readonly type: "start";
    readonly ring: SharedArrayBuffer;
    readonly loadTimeout: number;
    /** The time at which the worker sent `ready`, by its own clock. */
    readonly sentAt: number;
    /** The time at which the host received `ready`, by the host's clock. */
    readonly heardAt: number;
    /** The time at which the program started, in epoch milliseconds. */
    readonly programStartedAt: number;
  }
  | TaskBatch
  | { readonly type: "load"; readonly binding: BindingMessage }
  | { readonly type: "forget"; readonly binding: number }
  /** The receivers to which the worker may go straight on from a routine. */
  | { readonly type: "ways"; readonly binding: number; readonly ways: readonly Way[] }
  /** Aborts the signal of a task, unless the worker has gone on from that activation. */
  | {
    readonly type: "abort";
    readonly task: number;
    readonly stage: number;
    readonly reason: SerializedError;
  }
  /** The host has ended a task that did not stop, and ignores its further reports. */
  | { readonly type: "abandon"; readonly task: number }
  | {
    readonly type: "answer";
    readonly task: number;
    readonly ask: number;
    readonly value?: unknown;
    readonly error?: SerializedError;
  }
  | { readonly type: "ping"; readonly ping: number }
  /** The worker must clean up, as its thread is about to be ended. */
  | { readonly type: "stop" };

/** The only receiver of an event: the number of its binding, and the index of its slot. */
export type Way = readonly [event: string, binding: number, slot: number];

/** The location of a routine, and its config in its flow. Sent to each worker once. */
export interface BindingMessage {
  readonly number: number;
  readonly module: string;
  readonly ordinal: number;
  readonly fingerprint: string;
  readonly slots: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly flowId: string;
  readonly routineId: string;
  readonly checkPayloads: boolean;
  readonly highWaterMark: number | undefined;
  readonly highWaterBytes: number | undefined;
  /** The URL of the module that calls handlers in their traces, if the flow is traced. */
  readonly traceModule: string | undefined;
}

/** The messages from a worker to its host. */
export type WorkerMessage = { readonly type: "ready"; readonly at: number } | ItemsMessage;

/** An item that is neither an end nor effects. */
export type Report =
  | { readonly type: "failed"; readonly task: number; readonly error: SerializedError }
  /** The handler of a task was called, and is still executing. */
  | { readonly type: "running"; readonly task: number }
  | { readonly type: "progress"; readonly task: number; readonly data: unknown }
  | { readonly type: "ask"; readonly task: number; readonly ask: number; readonly request: Request }
  | { readonly type: "loading"; readonly binding: number }
  | {
    readonly type: "loaded";
    readonly binding: number;
    readonly error: SerializedError | undefined;
  }
  /** The message with this number could not be read. */
  | { readonly type: "unreadable"; readonly message: number }
  | { readonly type: "pong"; readonly ping: number }
  /**
   * An uncaught error. Its owner is an activation that had ended, an executing activation that fails with it,
   * a module, or unknown.
   */
  | {
    readonly type: "uncaught";
    readonly owner: "ended" | "failed" | "unknown" | OwningModule;
    readonly error: SerializedError;
    /** The time from which the worker starts no more tasks, in epoch milliseconds. */
    readonly at: number;
  }
  /**
   * A routine is ending the thread: during a task, after the end of a task, or while its module is loaded.
   */
  | {
    readonly type: "leaving";
    readonly call: string;
    readonly owner: number | "ended" | "unknown" | OwningModule;
  }
  /** The worker has cleaned up. */
  | { readonly type: "stopped" };

/** The module of a binding, as the owner of an error or a call in a worker. */
export interface OwningModule {
  readonly binding: number;
  /** `true` if the module has loaded, so that the code runs in the background. */
  readonly isLoaded: boolean;
}

/** A question of an executing activation to its job. */
export type Request =
  | { readonly kind: "get"; readonly key: string }
  | { readonly kind: "keys" }
  | { readonly kind: "routineState" }
  | { readonly kind: "lock"; readonly keys: string[] }
  | {
    readonly kind: "flush";
    readonly effects: PackedEffects;
    /** Counts of the effects that are committed by this flush and before. */
    readonly committed: Committed;
  };
