import type { EventPayload, SlotInput } from "../routine/port.ts";
import type { ERROR_EVENT, FailedPayload } from "./error_event.ts";
import type { Routine } from "../routine/routine.ts";

/** The routines of a flow by id, as the compiler knows them. */
export type Routines = Readonly<Record<string, Routine>>;

/** Every `"routine.event"` of a flow, and the `"routine.$error"` of each routine. */
export type EventReference<R> = {
  [Id in keyof R & string]: `${Id}.${PortName<R[Id], "events"> | typeof ERROR_EVENT}`;
}[keyof R & string];

/** Every `"routine.slot"` of a flow. */
export type SlotReference<R> = {
  [Id in keyof R & string]: `${Id}.${PortName<R[Id], "slots">}`;
}[keyof R & string];

/** What the event referred to carries. */
export type ReferencedPayload<R, Reference> = Reference extends `${infer Id}.${typeof ERROR_EVENT}`
  ? Id extends keyof R ? FailedPayload<AnySlotInput<R[Id]>> : never
  : EventPayload<ReferencedPort<R, Reference, "events">>;

/** What may be sent to any of a routine's slots. */
export type AnySlotInput<R> = R extends { readonly slots: infer S }
  ? { [Name in keyof S]: SlotInput<S[Name]> }[keyof S]
  : never;

/** What may be sent to the slot referred to. */
export type ReferencedInput<R, Reference> = SlotInput<ReferencedPort<R, Reference, "slots">>;

/** New names for fields of a payload: the name it has, to the name it gets. */
export type FieldMap = Readonly<Record<string, string>>;

/** A payload with its fields renamed; those not named stay as they are. */
export type Renamed<Payload, Map> = keyof Map extends never ? Payload
  : { [Key in keyof Payload as Key extends keyof Map ? Map[Key] & string : Key]: Payload[Key] };

/** `unknown` if a payload fits an input, else a type that nothing is and that says why. */
export type Fits<Payload, Input> = [Payload] extends [Input] ? unknown
  : { readonly "the payload does not fit the slot": { payload: Payload; slot: Input } };

/** The two kinds of ports, by their field of a routine. */
export type Ports = "slots" | "events";

/** The names of a routine's slots or events. */
export type PortName<R, P extends Ports> = R extends { readonly [K in P]: infer Named }
  ? keyof Named & string
  : never;

/** The slot or event referred to. */
export type ReferencedPort<R, Reference, P extends Ports> = Reference extends
  `${infer Id}.${infer Name}`
  ? Id extends keyof R
    ? R[Id] extends { readonly [K in P]: infer Named }
      ? Name extends keyof Named ? Named[Name] : never
    : never
  : never
  : never;
