import type { SerializedError } from "../data/serialized_error.ts";
import type { PackedEffects } from "./packed_effects.ts";

/**
 * The messages between a host and a worker. What there is at one time travels together, and what fits
 * into numbers travels through the cells they share instead.
 */
export type HostMessage =
  | {
    readonly type: "start";
    readonly cells: SharedArrayBuffer;
    readonly loadTimeout: number;
    /** When the worker sent `ready`, by its time. */
    readonly sentAt: number;
    /** When the host heard it, by the host's. */
    readonly heardAt: number;
  }
  | TasksMessage
  | { readonly type: "load"; readonly binding: BindingMessage }
  | { readonly type: "forget"; readonly binding: number }
  | { readonly type: "abort"; readonly task: number; readonly reason: SerializedError }
  | {
    readonly type: "answer";
    readonly ask: number;
    readonly value?: unknown;
    readonly error?: SerializedError;
  };

/**
 * Attempts at activations, numbered from `first` on; the rest of each is in its cell. A flat list, as
 * it is sent and read faster than objects, or lists of lists.
 */
export type TasksMessage = readonly [
  first: number,
  /** The job of each, or the one job of all. */
  jobIds: string | readonly string[],
  /** The bindings that the worker does not know yet. */
  bindings: readonly BindingMessage[] | undefined,
  /** For each, in turn: its payload and the id of its activation. */
  ...tasks: unknown[],
];

/** Where the tasks begin in the list. */
export const TASKS_AT = 3;

/** A routine as a worker is to find it, with the config it has in its flow. Sent once a worker. */
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

/** What a worker tells its host. */
export type WorkerMessage =
  | { readonly type: "ready"; readonly at: number }
  | ResultsMessage
  | { readonly type: "ask"; readonly ask: number; readonly task: number; readonly request: Request }
  | { readonly type: "progress"; readonly task: number; readonly data: unknown }
  | { readonly type: "loading"; readonly binding: number }
  | {
    readonly type: "loaded";
    readonly binding: number;
    readonly error: SerializedError | undefined;
  }
  /** A message could not be read: that of the tasks from this number on, or one that is no such. */
  | { readonly type: "unreadable"; readonly from: number }
  | { readonly type: "leaving"; readonly call: string }
  | { readonly type: "uncaught"; readonly error: SerializedError };

/**
 * Tasks have ended: those whose cells say `TOLD` as the entries say, one each, in their order. Without
 * entries it is 0, the message that is the fastest to send.
 */
export type ResultsMessage = readonly Entry[] | 0;

/** How a task ended: with effects, or with an error. */
export type Entry = PackedEffects | SerializedError;

/** What an executing activation asks of its job. */
export type Request =
  | { readonly kind: "get"; readonly key: string }
  | { readonly kind: "keys" }
  | { readonly kind: "routineState" }
  | { readonly kind: "lock"; readonly keys: string[] }
  | { readonly kind: "flush"; readonly effects: PackedEffects };

/**
 * The answer to `get` and, for each key, to `lock`: wrapped, to tell `undefined` from nothing.
 *
 * @example Telling a value that is `undefined` from none
 * ```ts
 * import { type Found } from "@millrace/flow";
 *
 * function found(data: ReadonlyMap<string, unknown>, key: string): Found {
 *   return data.has(key) ? { found: true, value: data.get(key) } : { found: false };
 * }
 * const data = new Map([["seen", undefined]]);
 * console.log(found(data, "seen").found, found(data, "unseen").found); // true false
 * ```
 */
export interface Found {
  /** Whether the key has a value. */
  readonly found: boolean;
  /** The value. */
  readonly value?: unknown;
}
