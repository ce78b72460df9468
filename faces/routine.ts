/**
 * Everything that a module with routines imports. This entry point loads neither the flow nor the pool nor a
 * store, so workers start faster than with `@millrace/flow`.
 *
 * @example A module with one routine
 * ```ts
 * import { defineRoutine, event, slot } from "@millrace/flow/routine";
 *
 * export const double = defineRoutine(import.meta, {
 *   slots: { number: slot<number>() },
 *   events: { doubled: event<number>() },
 *   handlers: {
 *     number(number, ctx) {
 *       ctx.emit("doubled", number * 2);
 *     },
 *   },
 * });
 * ```
 *
 * @module
 */

export { defineRoutine, type RoutineOptions } from "../src/routine/define_routine.ts";
export {
  event,
  type EventPayload,
  type EventPort,
  type Events,
  type Slot,
  slot,
  type SlotPayload,
  type Slots,
} from "../src/routine/port.ts";
export type {
  EmitOptions,
  RoutineContext,
  RoutineState,
  SharedData,
  SharedLog,
  TransferOptions,
  WaitForOptions,
} from "../src/routine/routine_context.ts";
export type { Routine } from "../src/routine/routine.ts";
export type { Schema, SchemaIssue, SchemaProperties, SchemaResult } from "../src/routine/schema.ts";
export { ERROR_EVENT, type FailedPayload } from "../src/routine/error_event.ts";
export type { Checkpoint, Committed, EffectCounts } from "../src/routine/committed.ts";
export {
  type ErrorClass,
  registerError,
  type SerializedError,
} from "../src/data/serialized_error.ts";
