// The messages between a host and its workers. `src/pool` sends and reads them on the host, `src/worker` in
// the worker; what a message packs closer than an object has a file of its own beside this one.

import type { SerializedError } from "../data/serialized_error.ts";
import type { Committed } from "../routine/committed.ts";
import type { ItemsMessage } from "./items.ts";
import type { PackedEffects } from "./packed_effects.ts";
import type { TaskBatch } from "./task_batch.ts";

/**
 * The messages from a host to a worker. Both sides count them, so that one which cannot be read can
 * still be named.
 */
export type HostMessage =
  | {
    readonly type: "start";
    readonly ring: SharedArrayBuffer;
    readonly loadTimeout: number;
    /** When the worker sent `ready`, by its time. */
    readonly sentAt: number;
    /** When the host received it, by the host's. */
    readonly heardAt: number;
    /** When the program started, in epoch milliseconds. */
    readonly programStartedAt: number;
  }
  | TaskBatch
  | { readonly type: "load"; readonly binding: BindingMessage }
  | { readonly type: "forget"; readonly binding: number }
  /** Aborts the signal of a task. */
  | { readonly type: "abort"; readonly task: number; readonly reason: SerializedError }
  /** The host has ended a task that did not stop: nothing of it counts any more. */
  | { readonly type: "abandon"; readonly task: number }
  | {
    readonly type: "answer";
    readonly task: number;
    readonly ask: number;
    readonly value?: unknown;
    readonly error?: SerializedError;
  }
  | { readonly type: "ping"; readonly ping: number }
  /** The worker is to clean up, as its thread is about to be ended. */
  | { readonly type: "stop" };

/** A routine as a worker is to find it, with the config it has in its flow. Sent once to a worker. */
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
}

/** The messages from a worker to its host. */
export type WorkerMessage = { readonly type: "ready"; readonly at: number } | ItemsMessage;

/** An item that has a name. */
export type Report =
  | { readonly type: "failed"; readonly task: number; readonly error: SerializedError }
  /** The handler of a task was called some time ago, and goes on. */
  | { readonly type: "running"; readonly task: number }
  | { readonly type: "progress"; readonly task: number; readonly data: unknown }
  | { readonly type: "ask"; readonly task: number; readonly ask: number; readonly request: Request }
  | { readonly type: "loading"; readonly binding: number }
  | {
    readonly type: "loaded";
    readonly binding: number;
    readonly error: SerializedError | undefined;
  }
  /** The message of this number could not be read. */
  | { readonly type: "unreadable"; readonly message: number }
  | { readonly type: "pong"; readonly ping: number }
  /**
   * An error that nobody caught. It came from an activation that had ended, from one that was executing
   * and was failed with it, from a module, or from an unknown one.
   */
  | {
    readonly type: "uncaught";
    readonly owner: "ended" | "failed" | "unknown" | OwningModule;
    readonly error: SerializedError;
    /** When the worker stopped to start tasks, in epoch milliseconds. */
    readonly at: number;
  }
  /** A routine ends the thread: in the course of a task, after its end, or as its module is loaded. */
  | {
    readonly type: "leaving";
    readonly call: string;
    readonly owner: number | "ended" | "unknown" | OwningModule;
  }
  /** The worker has cleaned up. */
  | { readonly type: "stopped" };

/** The module of a binding as the owner of something that happens in a worker. */
export interface OwningModule {
  readonly binding: number;
  /** `true` if it has loaded, so that it happens in the background. */
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
    /** Counts of the effects that are committed with it and before it. */
    readonly committed: Committed;
  };
