// The types with which `Flow` checks entries, connections and payloads: `routine.port` as a template
// literal, and the payloads that belong to it. No code runs here.

import type { EventPayload, NameOf, Port, Slot, SlotInput } from "../routine/port.ts";
import type { ERROR_EVENT, FailedPayload } from "../routine/error_event.ts";
import type { Routine } from "../routine/routine.ts";
import type { Sent } from "../routine/sendable.ts";

/**
 * The routines of a flow by id, at the level of types. A `Flow<Routines>`, which is built at run time, has no
 * known routines, so names and payloads are checked only at run time.
 *
 * @example A function for flows that have a certain routine
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import type { Routines } from "@millrace/flow/types";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * type Numbers = { readonly fibonacci: typeof fibonacci } & Routines;
 *
 * function startAll(flow: Flow<Numbers>, numbers: readonly number[]): void {
 *   for (const n of numbers) flow.start("fibonacci.n", n);
 * }
 * ```
 */
export type Routines = Readonly<Record<string, Routine>>;

/**
 * Every `"routine.event"` of a flow, and the `"routine.$error"` of each routine.
 *
 * @example A variable for an event
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import type { EventReference } from "@millrace/flow/types";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * type Numbers = { fibonacci: typeof fibonacci; total: typeof total };
 *
 * const from: EventReference<Numbers> = "fibonacci.result"; // or "fibonacci.$error", "total.$error"
 * await using flow = new Flow()
 *   .add("fibonacci", fibonacci)
 *   .add("total", total)
 *   .connect(from, "total.number");
 * ```
 */
export type EventReference<R> = {
  [Id in keyof R & string]: `${Id}.${PortName<R[Id], "events"> | typeof ERROR_EVENT}`;
}[keyof R & string];

/**
 * Every `"routine.slot"` of a flow.
 *
 * @example A variable for an entry slot
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import type { SlotReference } from "@millrace/flow/types";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * type Numbers = { fibonacci: typeof fibonacci; total: typeof total };
 *
 * const entry: SlotReference<Numbers> = "total.number"; // or "fibonacci.n"
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci).add("total", total);
 * const job = await flow.execute(entry, 5);
 * console.log(job.sharedData); // { total: 5 }
 * ```
 */
export type SlotReference<R> = {
  [Id in keyof R & string]: `${Id}.${PortName<R[Id], "slots">}`;
}[keyof R & string];

/**
 * The type of the payloads of the event with a reference.
 *
 * @example The payload type of an event of a flow
 * ```ts
 * import type { FailedPayload } from "@millrace/flow";
 * import type { ReferencedPayload } from "@millrace/flow/types";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * type Numbers = { fibonacci: typeof fibonacci };
 *
 * const result: ReferencedPayload<Numbers, "fibonacci.result"> = 55; // a number
 * type Failed = ReferencedPayload<Numbers, "fibonacci.$error">; // FailedPayload<number>
 * const failed: Failed = {
 *   payload: -1,
 *   slot: "n",
 *   error: { name: "RangeError", message: "too small" },
 * } satisfies FailedPayload<number>;
 * ```
 */
export type ReferencedPayload<R, Reference> = Reference extends `${infer Id}.${typeof ERROR_EVENT}`
  ? Id extends keyof R ? FailedPayload<AnySlotInput<R[Id]>> : never
  : EventPayload<ReferencedPort<R, Reference, "events">>;

/**
 * A payload that may be sent to any of a routine's slots.
 *
 * @example The payloads that can fail in a routine with two slots
 * ```ts
 * import { defineRoutine, slot } from "@millrace/flow";
 * import type { AnySlotInput } from "@millrace/flow/types";
 *
 * export const approval = defineRoutine(import.meta, {
 *   slots: { request: slot<string>(), answer: slot<boolean>() },
 *   handlers: { request: () => {}, answer: () => {} },
 * });
 *
 * const inputs: AnySlotInput<typeof approval>[] = ["a holiday", true]; // string | boolean
 * ```
 */
export type AnySlotInput<R> = R extends { readonly slots: infer S }
  ? keyof S extends never ? unknown : { [Name in keyof S]: SlotInput<S[Name]> }[keyof S]
  : never;

/**
 * The type of the payloads that may be sent to the slot with a reference. For a union of references, the type
 * of the payloads that may be sent to each of the slots.
 *
 * @example The payload type of a slot of a flow
 * ```ts
 * import type { ReferencedInput } from "@millrace/flow/types";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * type Numbers = { fibonacci: typeof fibonacci };
 *
 * const inputs: ReferencedInput<Numbers, "fibonacci.n">[] = [5, 10, 20]; // numbers
 * ```
 */
export type ReferencedInput<R, Reference> = SlotInput<ReferencedPort<R, Reference, "slots">>;

/**
 * New names for fields of a payload, by their old names.
 *
 * @example Renaming a field of the payload
 * ```ts
 * import { defineRoutine, event, Flow, slot } from "@millrace/flow";
 * import type { FieldMap } from "@millrace/flow/types";
 *
 * export const reader = defineRoutine(import.meta, {
 *   slots: { path: slot<string>() },
 *   events: { read: event<{ text: string; path: string }>() },
 *   handlers: { path: (path, ctx) => void ctx.emit("read", { text: "", path }) },
 * });
 * export const counter = defineRoutine(import.meta, {
 *   slots: { input: slot<{ content: string }>() },
 *   handlers: { input: ({ content }, ctx) => ctx.sharedData.set("length", content.length) },
 * });
 *
 * const map = { text: "content" } as const satisfies FieldMap; // `path` keeps its name
 * await using flow = new Flow()
 *   .add("reader", reader)
 *   .add("counter", counter)
 *   .connect("reader.read", "counter.input", { map });
 * ```
 */
export type FieldMap = Readonly<Record<string, string>>;

/**
 * The type of a payload with renamed fields. Other fields are not changed.
 *
 * @example A payload before and after
 * ```ts
 * import type { Renamed } from "@millrace/flow/types";
 *
 * type Read = { text: string; path: string };
 *
 * const renamed: Renamed<Read, { text: "content" }> = { content: "Dear all", path: "letter.txt" };
 * ```
 */
export type Renamed<Payload, Map> = keyof Map extends never ? Payload
  : { [Key in keyof Payload as Key extends keyof Map ? Map[Key] & string : Key]: Payload[Key] };

/**
 * A map of fields with type checks. An invalid name is replaced by a type without values whose key explains
 * the fault: the payload has no such field, the slot takes no field of that name, or another field already
 * has it.
 *
 * @example Maps that the compiler checks
 * ```ts
 * import type { MapFits } from "@millrace/flow/types";
 *
 * type Read = { text: string; path: string };
 * type Counted = { content: string; title?: string };
 *
 * const right = { text: "content", path: "title" } as const;
 * const map: MapFits<Read, Counted, typeof right> = right;
 * const typo = { text: "content", path: "tilte" } as const;
 * // @ts-expect-error it is called "title"
 * const refused: MapFits<Read, Counted, typeof typo> = typo;
 * ```
 */
export type MapFits<Payload, Input, Map> = string extends keyof Map ? Map : {
  readonly [Key in keyof Map]: Key extends FieldOf<Payload>
    ? Map[Key] extends FieldOf<Input> ? [Rival<Payload, Map, Key>] extends [never] ? Map[Key]
      : { readonly "another field arrives under this name": Rival<Payload, Map, Key> }
    : { readonly "the slot takes no such field": Map[Key] }
    : { readonly "the payload has no such field": Key };
};

/**
 * The names that the fields of a payload can have; any string if they are not known.
 *
 * @internal
 */
type FieldOf<Payload> = unknown extends Payload ? string
  : Payload extends object ? Payload extends readonly unknown[] ? never
    : keyof Payload extends never ? string
    : `${keyof Payload & (string | number)}`
  : never;

/**
 * The other fields of a payload that have the new name of a renamed field.
 *
 * @internal
 */
type Rival<Payload, Map, Key extends keyof Map> = Payload extends unknown
  ? Key extends SetField<Payload> ? {
      [Field in SetField<Payload>]: Field extends Key ? never
        : (Field extends keyof Map ? Map[Field] : Field) extends Map[Key] ? Field
        : never;
    }[SetField<Payload>]
  : never
  : never;

/**
 * The fields of a payload that can have a value.
 *
 * @internal
 */
type SetField<Payload> = {
  [Field in keyof Payload]-?: [Payload[Field]] extends [undefined] ? never : Field;
}[keyof Payload];

/**
 * `unknown` if a payload fits an input, else a type without values whose key explains the fault.
 *
 * @example A function that connects only matching ports
 * ```ts
 * import type { Fits } from "@millrace/flow/types";
 *
 * function pipe<Payload, Input>(
 *   payload: Payload & Fits<Payload, Input>,
 *   receive: (input: Input) => void,
 * ): void {
 *   receive(payload as unknown as Input);
 * }
 * pipe<number, number | undefined>(5, (input) => console.log(input)); // 5
 * // @ts-expect-error a number does not fit
 * pipe<number, string>(5, () => {});
 * ```
 */
export type Fits<Payload, Input> = [VoidIsUndefined<Payload>] extends [Sent<Input>] ? unknown
  : { readonly "the payload does not fit the slot": { payload: Payload; slot: Input } };

/**
 * `unknown` if the payloads of an event, renamed by a map, fit a slot, else a type without values whose key
 * explains the fault.
 *
 * @example A connection that is checked without a flow
 * ```ts
 * import type { ConnectionFits, None } from "@millrace/flow/types";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * type Numbers = { fibonacci: typeof fibonacci; total: typeof total };
 * type Fitting = ConnectionFits<Numbers, "fibonacci.result", "total.number", None>;
 *
 * const fits: Fitting = "anything"; // as it is `unknown`
 * ```
 */
export type ConnectionFits<R, From, To, Map> = Fits<
  Renamed<ReferencedPayload<R, From>, Map>,
  ReferencedInput<R, To>
>;

/**
 * The map of a connection, checked by {@linkcode MapFits}.
 *
 * @example A map that is checked without a flow
 * ```ts
 * import type { EventPort, Routine, Slot } from "@millrace/flow";
 * import type { ConnectionMap } from "@millrace/flow/types";
 *
 * type Files = {
 *   reader: Routine<object, { read: EventPort<{ text: string }> }>;
 *   counter: Routine<{ input: Slot<{ content: string }> }>;
 * };
 * const map = { text: "content" } as const;
 * const checked: ConnectionMap<Files, "reader.read", "counter.input", typeof map> = map;
 * ```
 */
export type ConnectionMap<R, From, To, Map> = MapFits<
  ReferencedPayload<R, From>,
  ReferencedInput<R, To>,
  Map
>;

/**
 * `true` if the types of a flow's routines are not known.
 *
 * @internal
 */
type IsDynamic<R, Id extends keyof R> = string extends keyof R
  ? Routine extends R[Id] ? true : false
  : false;

/**
 * The type of a received payload: `undefined` for an event without payload.
 *
 * @internal
 */
type VoidIsUndefined<Payload> = Payload extends void ? undefined : Payload;

/**
 * The two kinds of ports, by their field in a routine.
 *
 * @example The names of the slots and events of a routine
 * ```ts
 * import type { Routine } from "@millrace/flow";
 * import type { Ports } from "@millrace/flow/types";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * function names(routine: Routine, ports: Ports): string[] {
 *   return Object.keys(routine[ports]);
 * }
 * console.log(names(fibonacci, "slots"), names(fibonacci, "events")); // [ "n" ] [ "result" ]
 * ```
 */
export type Ports = "slots" | "events";

/**
 * The names of a routine's slots or events.
 *
 * @example A name that the compiler checks
 * ```ts
 * import { WorkerPool } from "@millrace/flow/pool";
 * import type { PortName } from "@millrace/flow/types";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * const slot: PortName<typeof fibonacci, "slots"> = "n"; // nothing else compiles
 * await using pool = new WorkerPool({ maxWorkers: 1 });
 * console.log((await pool.run(fibonacci, slot, 7)).emits.length); // 1
 * ```
 */
export type PortName<R, P extends Ports> = 0 extends 1 & R ? string
  : R extends { readonly [K in P]: infer Named } ? NameOf<Named>
  : never;

/**
 * `unknown` if no known routine of a flow has an id, else a type without values whose key explains the fault.
 *
 * @example A function that takes the id from its caller
 * ```ts
 * import type { NewId } from "@millrace/flow/types";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * type Numbers = { fibonacci: typeof fibonacci };
 *
 * function describe<Id extends string>(id: Id & NewId<Numbers, Id>): string {
 *   return `adds ${id}`;
 * }
 * console.log(describe("total")); // adds total
 * // @ts-expect-error that one is taken
 * describe("fibonacci");
 * ```
 */
export type NewId<R, Id> = string extends keyof R | Id ? unknown
  : [Id & keyof R] extends [never] ? unknown
  : { readonly "a routine of the flow has this id": Id & keyof R };

/**
 * The slot or event with a reference. In a `Flow<Routines>`, a slot that accepts and carries anything.
 *
 * @example Finding the slot with a reference
 * ```ts
 * import type { ReferencedPort } from "@millrace/flow/types";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * type Numbers = { fibonacci: typeof fibonacci };
 *
 * const port: ReferencedPort<Numbers, "fibonacci.n", "slots"> = fibonacci.slots.n;
 * console.log(port.kind); // slot
 * ```
 */
export type ReferencedPort<R, Reference, P extends Ports> = Reference extends
  `${infer Id}.${infer Name}` ? Id extends keyof R ? IsDynamic<R, Id> extends true ? Slot
    : R[Id] extends { readonly [K in P]: infer Named } ? Port<Named, Name>
    : never
  : never
  : never;
