import type { SerializedError } from "../data/serialized_error.ts";
import type { Effects } from "../routine/effects.ts";

/**
 * The messages between a host and a worker. What there is at one time travels together: several
 * tasks in one message, several results in one.
 */
export type HostMessage =
  | { readonly type: "tasks"; readonly bindings: BindingMessage[]; readonly tasks: TaskMessage[] }
  | { readonly type: "load"; readonly ask: number; readonly binding: BindingMessage }
  | { readonly type: "abort"; readonly ticket: number; readonly reason: SerializedError }
  | { readonly type: "answer"; readonly ask: number; readonly value: unknown };

/** A routine as a worker is to find it, with the config it has in its flow. Sent once a worker. */
export interface BindingMessage {
  readonly binding: number;
  readonly module: string;
  readonly ordinal: number;
  readonly fingerprint: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly flowId: string;
  readonly routineId: string;
}

/** One attempt at an activation. */
export interface TaskMessage {
  readonly ticket: number;
  readonly binding: number;
  readonly slot: string;
  readonly payload: unknown;
  readonly jobId: string;
  readonly activationId: string;
  readonly attempt: number;
}

/** What a worker tells its host. */
export type WorkerMessage =
  | { readonly type: "ready" }
  | { readonly type: "results"; readonly results: ResultMessage[] }
  | {
    readonly type: "ask";
    readonly ask: number;
    readonly ticket: number;
    readonly request: Request;
  }
  | { readonly type: "progress"; readonly ticket: number; readonly data: unknown }
  | { readonly type: "loaded"; readonly ask: number; readonly error: SerializedError | undefined }
  | { readonly type: "uncaught"; readonly error: SerializedError };

/** How one task ended: with effects, or with an error. Times are epoch milliseconds. */
export interface ResultMessage {
  readonly ticket: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly effects: Effects | undefined;
  readonly error: SerializedError | undefined;
}

/** What an executing activation asks of its job. */
export type Request =
  | { readonly kind: "get"; readonly key: string }
  | { readonly kind: "keys" }
  | { readonly kind: "routineState" }
  | { readonly kind: "lock"; readonly keys: string[] }
  | { readonly kind: "flush"; readonly effects: Effects };

/** The answer to `get` and, for each key, to `lock`: wrapped, to tell `undefined` from nothing. */
export interface Found {
  /** Whether the key has a value. */
  readonly found: boolean;
  /** The value. */
  readonly value?: unknown;
}
