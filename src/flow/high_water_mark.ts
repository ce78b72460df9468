// The option `highWaterMark`: its type, its check and its defaults. `flow_settings.ts` reads it for a flow.

import { checkLimit } from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import { InvalidOptionError } from "../errors/call_errors.ts";

/**
 * The amounts of queued payloads of a job above which its emitters wait.
 *
 * @example A source of large chunks
 * ```ts
 * import { Flow, type HighWaterMark } from "@millrace/flow";
 *
 * const highWaterMark: HighWaterMark = { bytes: 16 * 1024 * 1024 };
 * await using flow = new Flow({ highWaterMark });
 * ```
 */
export interface HighWaterMark {
  /**
   * The number of queued activations. `Infinity` means no limit.
   *
   * @default {10_000}
   */
  readonly activations?: number;
  /**
   * The size of their payloads, in bytes. Buffers count with their memory, strings with one byte for each
   * character, `Blob`s with their size, and fields, items and entries with 8 bytes each. Payloads of less than a
   * kilobyte and shared memory count as nothing. `Infinity` means no limit.
   *
   * @default {67_108_864}, which is 64 MiB.
   */
  readonly bytes?: number;
}

/** A high-water mark with its defaults. */
export interface QueueMark {
  /** The number of queued activations. */
  readonly highWaterMark: number;
  /** The size of their payloads, in bytes. */
  readonly highWaterBytes: number;
}

const MARK: OptionChecks<HighWaterMark> = { activations: checkLimit, bytes: checkLimit };

/**
 * Checks the option `highWaterMark`.
 *
 * @throws {InvalidOptionError} If it is no number of activations, or a field has an invalid value or is unknown.
 */
export function checkHighWaterMark(option: string, value: unknown): void {
  if (typeof value === "object" && value !== null) {
    checkOptions(option, value, MARK, `${option}.`);
  } else if (value !== Infinity && !(Number.isSafeInteger(value) && value as number >= 1)) {
    throw new InvalidOptionError(
      option,
      value,
      "an integer of at least 1, Infinity, or an object with activations or bytes",
    );
  }
}

/** Completes a checked high-water mark with defaults. A number is one of activations. */
export function queueMarkOf(given: number | HighWaterMark = {}): QueueMark {
  const { activations = 10_000, bytes = 64 * 1024 * 1024 } = typeof given === "number"
    ? { activations: given }
    : given;
  return { highWaterMark: activations, highWaterBytes: bytes };
}
