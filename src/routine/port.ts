// The slots and events of routines, and the types of their payloads. Users call `slot` and `event`.

import type { ERROR_EVENT } from "./error_event.ts";
import type { Schema } from "./schema.ts";
import type { Sendable } from "./sendable.ts";

/**
 * The slot or event with a name. For a plain {@linkcode Routine}, whose names are not known, it is a slot to
 * which nothing may be sent, and whose handler may receive anything.
 */
export type Port<Named, Name> = Name extends keyof Named ? Named[Name]
  : string extends NameOf<Named> ? Slot<never, unknown>
  : never;

/**
 * A named input of a routine. `Input` is the type of the payloads that may be sent to it, and `Payload` the
 * type that its handler receives; they differ only if a schema transforms payloads. A slot that accepts more
 * inputs can be used where one that accepts fewer is expected, but not the reverse. Every slot is a
 * `Slot<never, unknown>`.
 *
 * @example A slot for several routines
 * ```ts
 * import { defineRoutine, type Slot, slot } from "@millrace/flow/routine";
 *
 * export const line: Slot<{ line: string }> = slot<{ line: string }>();
 *
 * export const shout = defineRoutine(import.meta, {
 *   slots: { line },
 *   handlers: { line: ({ line }, ctx) => ctx.sharedLog.append(line.toUpperCase()) },
 * });
 * export const whisper = defineRoutine(import.meta, {
 *   slots: { line },
 *   handlers: { line: ({ line }, ctx) => ctx.sharedLog.append(line.toLowerCase()) },
 * });
 * ```
 */
export interface Slot<in Input = unknown, out Payload = Input> {
  /** Distinguishes a slot from an event. */
  readonly kind: "slot";
  /** The schema that validates each payload on delivery, if there is one. */
  readonly schema: Schema<unknown, Payload> | undefined;
  /** Carries the types; never set. */
  readonly types?: { readonly input: (input: Input) => void; readonly payload: Payload };
}

/**
 * A named output of a routine. `Payload` is the type of the emitted payloads.
 *
 * @example An event that several routines have
 * ```ts
 * import { defineRoutine, event, type EventPort, slot } from "@millrace/flow/routine";
 *
 * export const rejected: EventPort<{ line: string; why: string }> = event<{ line: string; why: string }>();
 *
 * export const parse = defineRoutine(import.meta, {
 *   slots: { line: slot<string>() },
 *   events: { rejected, parsed: event<unknown>() },
 *   handlers: {
 *     line(line, ctx) {
 *       if (line === "") ctx.emit("rejected", { line, why: "it is empty" });
 *       else ctx.emit("parsed", JSON.parse(line));
 *     },
 *   },
 * });
 * ```
 */
export interface EventPort<out Payload = unknown> {
  /** Distinguishes an event from a slot. */
  readonly kind: "event";
  /** Carries the type; never set. */
  readonly types?: { readonly payload: Payload };
}

/**
 * The type without any names: no events, no config, or no routines yet.
 *
 * @example A function that adds the first routine to a flow
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import type { None } from "@millrace/flow/types";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * function withNumbers(flow: Flow<None>) {
 *   return flow.add("fibonacci", fibonacci);
 * }
 * await using flow = withNumbers(new Flow());
 * console.log(flow.graph.nodes.map(({ id }) => id)); // [ "fibonacci" ]
 * ```
 */
// deno-lint-ignore ban-types
export type None = {};

/** The slots of a routine, by name. */
export type Slots = Readonly<Record<string, Slot<never, unknown>>>;

/** The events of a routine, by name. */
export type Events = Readonly<Record<string, EventPort<unknown>>>;

/**
 * A constraint for a type of slots with known names, as in `S extends NamedSlots<S>`. Interfaces satisfy it
 * as well.
 */
export type NamedSlots<S> = { readonly [Name in keyof S]: Slot<never, unknown> };

/**
 * A constraint for a type of events with known names, as in `E extends NamedEvents<E>`. Interfaces satisfy it
 * as well. The name `$error` is reserved for the event on which the failures of a routine are emitted.
 */
export type NamedEvents<E> = {
  readonly [Name in keyof E]: Name extends typeof ERROR_EVENT
    ? { readonly "$error is the event of failures; choose another name": Name }
    : EventPort<unknown>;
};

/**
 * The names of slots or events. For a plain {@linkcode Routine}, whose names are not known, any string.
 */
export type NameOf<Named> = keyof Named extends never ? string extends Named ? never : string
  : keyof Named & string;

/**
 * The type of the payloads that may be sent to a slot. For a union of slots, the type of the payloads that
 * may be sent to each of them.
 */
export type SlotInput<S> = [S] extends [never] ? never
  : [S] extends [{ readonly types?: { readonly input: (input: infer Input) => void } }]
    ? [Input] extends [never] ? { readonly "no payload fits what it is sent to": S } : Input
  : never;

/** The type of the payloads that may be sent to any of several named slots. */
export type SlotInputs<S> = { readonly [Name in keyof S]: SlotInput<S[Name]> }[keyof S];

/** The type of the payloads that the handler of a slot receives. */
export type SlotPayload<S> = S extends { readonly types?: { readonly payload: infer P } } ? P
  : never;

/** The type of the payloads of an event. */
export type EventPayload<E> = E extends { readonly types?: { readonly payload: infer P } } ? P
  : never;

/**
 * The type of the payloads that may be emitted on an event. For a union of events, the type of the payloads
 * that may be emitted on each of them.
 */
export type EmitPayload<E> = SlotInput<E extends unknown ? Slot<EventPayload<E>> : never>;

/**
 * Declares a slot whose payloads have the given type.
 *
 * @example An input with its type
 * ```ts
 * import { slot } from "@millrace/flow/routine";
 *
 * const input = slot<{ url: string }>();
 * console.log(input.kind); // slot
 * ```
 *
 * @returns The slot, to go under its name in `slots`.
 */
export function slot<Payload>(this: Sendable<Payload>): Slot<Payload>;
/**
 * Declares a slot that validates each payload on delivery, in the worker. A payload that the schema
 * refuses fails its activation with a `SlotValidationError`.
 *
 * @example An input that is validated
 * ```ts
 * import { type Schema, slot } from "@millrace/flow/routine";
 *
 * const port: Schema<number> = {
 *   "~standard": {
 *     version: 1,
 *     vendor: "example",
 *     validate: (value) =>
 *       Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536
 *         ? { value: Number(value) }
 *         : { issues: [{ message: "must be an integer from 1 to 65535" }] },
 *   },
 * };
 * const input = slot(port); // a handler for it gets a number
 * console.log(input.schema === port); // true
 * ```
 *
 * @param schema A schema that implements Standard Schema, as those of Zod, Valibot and ArkType do.
 * @returns The slot, to go under its name in `slots`.
 */
export function slot<Input, Payload>(
  this: Sendable<Input>,
  schema: Schema<Input, Payload>,
): Slot<Input, Payload>;
export function slot(schema?: Schema): Slot {
  return { kind: "slot", schema };
}

/**
 * Declares an event whose payloads have the given type.
 *
 * @example An output with its type
 * ```ts
 * import { event } from "@millrace/flow/routine";
 *
 * const output = event<{ words: number }>();
 * console.log(output.kind); // event
 * ```
 *
 * @returns The event, to go under its name in `events`.
 */
export function event<Payload>(this: Sendable<Payload>): EventPort<Payload> {
  return { kind: "event" };
}
