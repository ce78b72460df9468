import type { Schema } from "./schema.ts";

/**
 * A named input of a routine. `Input` is what may be sent to it, `Payload` what its handler gets; they
 * differ only where a schema transforms.
 */
export interface Slot<Input = unknown, Payload = Input> {
  /** Tells a slot from an event. */
  readonly kind: "slot";
  /** Validates each payload on delivery, if there is one. */
  readonly schema: Schema<Input, Payload> | undefined;
  /** Carries the types; never set. */
  readonly types?: { readonly input: Input; readonly payload: Payload };
}

/** A named output of a routine; `Payload` is what it carries. */
export interface Event<Payload = unknown> {
  /** Tells an event from a slot. */
  readonly kind: "event";
  /** Carries the type; never set. */
  readonly types?: { readonly payload: Payload };
}

/** Nothing by any name: no events, no config, no routines yet. */
// deno-lint-ignore ban-types
export type None = {};

/** The slots of a routine, by name. */
export type Slots = Readonly<Record<string, Slot<unknown, unknown>>>;

/** The events of a routine, by name. */
export type Events = Readonly<Record<string, Event<unknown>>>;

/** What may be sent to a slot. */
export type SlotInput<S> = S extends { readonly types?: { readonly input: infer I } } ? I : never;

/** What a slot's handler gets. */
export type SlotPayload<S> = S extends { readonly types?: { readonly payload: infer P } } ? P
  : never;

/** What an event carries. */
export type EventPayload<E> = E extends { readonly types?: { readonly payload: infer P } } ? P
  : never;

/**
 * Declares a slot whose payloads are of the type given.
 *
 * @example An input with its type
 * ```ts
 * import { slot } from "@millrace/flow";
 *
 * const input = slot<{ url: string }>();
 * console.log(input.kind); // slot
 * ```
 *
 * @returns The slot, to go under its name in `slots`.
 */
export function slot<Payload>(): Slot<Payload>;
/**
 * Declares a slot that validates each payload on delivery, in the worker. A payload that the schema
 * refuses fails its activation with a `SlotValidationError`.
 *
 * @param schema Any schema that speaks Standard Schema: Zod, Valibot, ArkType and others.
 * @returns The slot, to go under its name in `slots`.
 */
export function slot<Input, Payload>(schema: Schema<Input, Payload>): Slot<Input, Payload>;
export function slot(schema?: Schema): Slot {
  return { kind: "slot", schema };
}

/**
 * Declares an event whose payloads are of the type given.
 *
 * @example An output with its type
 * ```ts
 * import { event } from "@millrace/flow";
 *
 * const output = event<{ words: number }>();
 * console.log(output.kind); // event
 * ```
 *
 * @returns The event, to go under its name in `events`.
 */
export function event<Payload>(): Event<Payload> {
  return { kind: "event" };
}
