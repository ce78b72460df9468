import type { MillraceErrorOptions } from "./millrace_error.ts";
import { StoreError } from "./store_error.ts";

/**
 * The process that writes a store.
 *
 * @example Saying who holds a store
 * ```ts
 * import type { StoreWriter } from "@millrace/flow";
 *
 * function tell({ pid, since }: StoreWriter): string {
 *   return `process ${pid}, since ${new Date(since).toISOString()}`;
 * }
 * ```
 */
export interface StoreWriter {
  /** Its process id. */
  readonly pid: number;
  /** When it opened the store, in epoch milliseconds. */
  readonly since: number;
}

/**
 * A store was opened to write while another process writes it, or another part of this one.
 *
 * @example Reading what another writes
 * ```ts
 * import { SqliteStore, StoreLockedError } from "@millrace/flow";
 *
 * function openStore(path: string): SqliteStore {
 *   try {
 *     return new SqliteStore(path);
 *   } catch (error) {
 *     if (!(error instanceof StoreLockedError)) throw error;
 *     console.error("written by process", error.writer?.pid);
 *     return new SqliteStore(path, { readOnly: true });
 *   }
 * }
 * ```
 */
export class StoreLockedError extends StoreError {
  /** Always `"StoreLockedError"`. */
  override readonly name = "StoreLockedError";
  /** The process that writes it; absent in the moment before that is known. */
  readonly writer: StoreWriter | undefined;

  /**
   * Makes the error.
   *
   * @param path The store's file.
   * @param writer Who writes it, if that is known.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(path: string, writer: StoreWriter | undefined, options?: MillraceErrorOptions) {
    const fix = writer?.pid === Deno.pid
      ? "give one store to all flows, and where workers load the module that opens it, open it behind `if (import.meta.main)`"
      : "a store has one writer: end it, or open the store with { readOnly: true }";
    super(`${path} is being written by ${told(writer)}; ${fix}`, options);
    this.writer = writer;
  }
}

function told(writer: StoreWriter | undefined): string {
  if (writer === undefined) return "another process";
  const who = writer.pid === Deno.pid ? "this process itself" : `process ${writer.pid}`;
  return `${who}, since ${new Date(writer.since).toISOString()}`;
}
