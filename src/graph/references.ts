// The types with which `Flow` checks entries, connections and payloads: `routine.port` as a template
// literal, and its payloads. This module contains only types.

import type { EventPayload, NameOf, Port, Slot, SlotInput } from "../routine/port.ts";
import type { ERROR_EVENT, FailedPayload } from "../routine/error_event.ts";
import type { Routine } from "../routine/routine.ts";
import type { Sent } from "../routine/sendable.ts";

/**
 * The routines of a flow by id, at the level of types. A `Flow<Routines>`, which is built at run time, has no
 * known routines, so names and payloads are checked only at run time.
 */
export type Routines = Readonly<Record<string, Routine>>;

/** Every `"routine.event"` of a flow, and the `"routine.$error"` of each routine. */
export type EventReference<R> = {
  [Id in keyof R & string]: `${Id}.${PortName<R[Id], "events"> | typeof ERROR_EVENT}`;
}[keyof R & string];

/** Every `"routine.slot"` of a flow. */
export type SlotReference<R> = {
  [Id in keyof R & string]: `${Id}.${PortName<R[Id], "slots">}`;
}[keyof R & string];

/** The type of the payloads of the event with a reference. */
export type ReferencedPayload<R, Reference> = Reference extends `${infer Id}.${typeof ERROR_EVENT}`
  ? Id extends keyof R ? FailedPayload<AnySlotInput<R[Id]>> : never
  : EventPayload<ReferencedPort<R, Reference, "events">>;

/** A payload that may be sent to any of a routine's slots. */
export type AnySlotInput<R> = R extends { readonly slots: infer S }
  ? keyof S extends never ? unknown : { [Name in keyof S]: SlotInput<S[Name]> }[keyof S]
  : never;

/**
 * The type of the payloads that may be sent to the slot with a reference. For a union of references, the type
 * of the payloads that may be sent to each of the slots.
 */
export type ReferencedInput<R, Reference> = SlotInput<ReferencedPort<R, Reference, "slots">>;

/** New names for fields of a payload, by their old names. */
export type FieldMap = Readonly<Record<string, string>>;

/** The type of a payload with renamed fields. Other fields are not changed. */
export type Renamed<Payload, Map> = keyof Map extends never ? Payload
  : { [Key in keyof Payload as Key extends keyof Map ? Map[Key] & string : Key]: Payload[Key] };

/**
 * A map of fields with type checks. An invalid name is replaced by a type without values whose key explains
 * the fault: the payload has no such field, the slot takes no field of that name, or another field already
 * has it.
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

/** `unknown` if a payload fits an input, else a type without values whose key explains the fault. */
export type Fits<Payload, Input> = [VoidIsUndefined<Payload>] extends [Sent<Input>] ? unknown
  : { readonly "the payload does not fit the slot": { payload: Payload; slot: Input } };

/**
 * `unknown` if the payloads of an event, renamed by a map, fit a slot, else a type without values whose key
 * explains the fault.
 */
export type ConnectionFits<R, From, To, Map> = Fits<
  Renamed<ReferencedPayload<R, From>, Map>,
  ReferencedInput<R, To>
>;

/**
 * The map of a connection, checked by {@linkcode MapFits}.
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

/** The two kinds of ports, by their field in a routine. */
export type Ports = "slots" | "events";

/** The names of a routine's slots or events. */
export type PortName<R, P extends Ports> = 0 extends 1 & R ? string
  : R extends { readonly [K in P]: infer Named } ? NameOf<Named>
  : never;

/**
 * `unknown` if no known routine of a flow has an id, else a type without values whose key explains the fault.
 */
export type NewId<R, Id> = string extends keyof R | Id ? unknown
  : [Id & keyof R] extends [never] ? unknown
  : { readonly "a routine of the flow has this id": Id & keyof R };

/** The slot or event with a reference. In a `Flow<Routines>`, a slot that accepts and carries anything. */
export type ReferencedPort<R, Reference, P extends Ports> = Reference extends
  `${infer Id}.${infer Name}` ? Id extends keyof R ? IsDynamic<R, Id> extends true ? Slot
    : R[Id] extends { readonly [K in P]: infer Named } ? Port<Named, Name>
    : never
  : never
  : never;
