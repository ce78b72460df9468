import type { Schema } from "./schema.ts";

/**
 * A named input of a routine. `Input` is what may be sent to it, `Payload` what its handler gets; they
 * differ only where a schema transforms.
 *
 * @example A slot for several routines
 * ```ts
 * import { defineRoutine, type Slot, slot } from "@millrace/flow";
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
export interface Slot<Input = unknown, Payload = Input> {
  /** Tells a slot from an event. */
  readonly kind: "slot";
  /** Validates each payload on delivery, if there is one. */
  readonly schema: Schema<Input, Payload> | undefined;
  /** Carries the types; never set. */
  readonly types?: { readonly input: Input; readonly payload: Payload };
}

/**
 * A named output of a routine; `Payload` is what it carries.
 *
 * @example An event that several routines have
 * ```ts
 * import { defineRoutine, type Event, event, slot } from "@millrace/flow";
 *
 * export const rejected: Event<{ line: string; why: string }> = event<{ line: string; why: string }>();
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
export interface Event<Payload = unknown> {
  /** Tells an event from a slot. */
  readonly kind: "event";
  /** Carries the type; never set. */
  readonly types?: { readonly payload: Payload };
}

/**
 * Nothing by any name: no events, no config, no routines yet.
 *
 * @example A function that adds the first routine to a flow
 * ```ts
 * import { Flow, type None } from "@millrace/flow";
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

/**
 * The slots of a routine, by name.
 *
 * @example The names of all inputs of a routine
 * ```ts
 * import { type Slots } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * const slots: Slots = fibonacci.slots;
 * console.log(Object.keys(slots)); // [ "n" ]
 * ```
 */
export type Slots = Readonly<Record<string, Slot<unknown, unknown>>>;

/**
 * The events of a routine, by name.
 *
 * @example The names of all outputs of a routine
 * ```ts
 * import { type Events } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * const events: Events = fibonacci.events;
 * console.log(Object.keys(events)); // [ "result" ]
 * ```
 */
export type Events = Readonly<Record<string, Event<unknown>>>;

/**
 * What may be sent to a slot.
 *
 * @example A payload of the type that a routine takes
 * ```ts
 * import { type SlotInput } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * type Input = SlotInput<typeof fibonacci.slots.n>;
 * const inputs: Input[] = [5, 10, 20]; // numbers, as that slot takes
 * ```
 */
export type SlotInput<S> = S extends { readonly types?: { readonly input: infer I } } ? I : never;

/**
 * What a slot's handler gets.
 *
 * @example Typing a part of a handler that stands by itself
 * ```ts
 * import { defineRoutine, slot, type SlotPayload } from "@millrace/flow";
 *
 * export const slots = { order: slot<{ id: string; cents: number }>() };
 *
 * function label({ id, cents }: SlotPayload<typeof slots.order>): string {
 *   return `${id}: ${(cents / 100).toFixed(2)}`;
 * }
 *
 * export const print = defineRoutine(import.meta, {
 *   slots,
 *   handlers: { order: (order, ctx) => ctx.sharedLog.append(label(order)) },
 * });
 * console.log(label({ id: "A-17", cents: 1999 })); // A-17: 19.99
 * ```
 */
export type SlotPayload<S> = S extends { readonly types?: { readonly payload: infer P } } ? P
  : never;

/**
 * What an event carries.
 *
 * @example Typing what reads the result of a run
 * ```ts
 * import { type EventPayload, WorkerPool } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * type Result = EventPayload<typeof fibonacci.events.result>; // number
 *
 * await using pool = new WorkerPool({ maxWorkers: 1 });
 * const { emits } = await pool.run(fibonacci, "n", 12);
 * const results: Result[] = emits.map(({ payload }) => payload);
 * console.log(results); // [ 144 ]
 * ```
 */
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
 * @example An input that is validated
 * ```ts
 * import { type Schema, slot } from "@millrace/flow";
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
