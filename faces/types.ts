/**
 * The types with which `Flow` checks ids, ports and payloads. Programs that only define flows do not need
 * them; functions that take any flow or any routine may.
 *
 * @example A function that takes the payloads of a slot
 * ```ts
 * import type { Routine } from "@millrace/flow";
 * import type { SlotInput } from "@millrace/flow/types";
 *
 * type FirstInput<R> = R extends Routine<infer S> ? SlotInput<S[keyof S]> : never;
 * ```
 *
 * @module
 */

export type {
  EmitPayload,
  NamedEvents,
  NamedSlots,
  NameOf,
  None,
  Port,
  SlotInput,
  SlotInputs,
} from "../src/routine/port.ts";
export type { PayloadArguments, Synchronous } from "../src/routine/routine_context.ts";
export type { Sendable, Sent } from "../src/routine/sendable.ts";
export type {
  AnySlotInput,
  ConnectionFits,
  ConnectionMap,
  EventReference,
  FieldMap,
  Fits,
  MapFits,
  NewId,
  PortName,
  Ports,
  ReferencedInput,
  ReferencedPayload,
  ReferencedPort,
  Renamed,
  Routines,
  SlotReference,
} from "../src/graph/references.ts";
export type {
  FallbackOf,
  FinalStrategy,
  RetryStrategy,
  SkipStrategy,
} from "../src/graph/policy.ts";
export type { ExecutionStrategy, ValidateOptions } from "../src/flow/flow_options.ts";
