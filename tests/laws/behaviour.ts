// The behaviour of a generated routine: known to the routine in its worker, and to the model of it.

/** The events of a generated routine. */
export type EventName = "x" | "y";

/** The slots of a generated routine. */
export type SlotName = "a" | "b";

/** The payload that generated routines send each other. */
export interface Parcel {
  /** The number of activations it may lead to, its own included: so that every cycle ends. */
  readonly budget: number;
  /** Identifies its origin. */
  readonly tag: number;
  /** As `contentOf` makes it, unless somebody has changed it on the way. */
  readonly content: Content;
}

/** Something that can be changed in place. */
export interface Content {
  readonly list: number[];
  readonly bytes: Uint8Array;
}

/** The reaction of one generated routine to each parcel. */
export interface Behaviour {
  /** The events it emits on, in order, while there is budget. */
  readonly emits: readonly EventName[];
  /** The number of slots that each event leads to. */
  readonly receivers: Readonly<Record<EventName, number>>;
  /** It throws on a parcel whose tag this divides; 0 for never. */
  readonly failsOn: number;
  /** It ends its worker on a parcel whose tag this divides; 0 for never. */
  readonly diesOn: number;
  /** It does neither from this attempt on. */
  readonly healsAt: number;
  /** Its duration in milliseconds. */
  readonly takesMs: number;
  /** `true` if it holds its thread meanwhile. */
  readonly spins: boolean;
  /** `true` if it changes its payload, which nobody else is to notice. */
  readonly scribbles: boolean;
  /** `true` if it commits half of its effects before the rest. */
  readonly flushes: boolean;
}

/** A parcel on an event. */
export interface Emission {
  readonly event: EventName;
  readonly parcel: Parcel;
}

/** Returns the emits of a routine for a parcel: the budget is shared out as far as it goes. */
export function emissions(
  { emits, receivers }: Behaviour,
  routineId: string,
  slot: string,
  { budget, tag }: Parcel,
): Emission[] {
  const all = emits.reduce((sum, event) => sum + receivers[event], 0);
  const share = Math.max(1, Math.floor((budget - 1) / Math.max(1, all)));
  const here = mixed(tag, [...`${routineId}.${slot}`].map((char) => char.charCodeAt(0)));
  const list: Emission[] = [];
  let left = budget - 1;
  for (const [i, event] of emits.entries()) {
    left -= receivers[event] * share;
    if (left < 0) break;
    list.push({ event, parcel: parcelOf(share, mixed(here, [i])) });
  }
  return list;
}

/** A parcel as it ought to arrive. */
export function parcelOf(budget: number, tag: number): Parcel {
  return { budget, tag, content: contentOf(tag) };
}

/** The content of a parcel, if nobody has changed it. */
export function contentOf(tag: number): Content {
  return { list: [tag, tag % 7], bytes: Uint8Array.of(tag, tag >> 8, tag >> 16) };
}

/** The part of what a routine emits that it commits before the rest. */
export function early({ flushes }: Behaviour, emissions: readonly Emission[]): Emission[] {
  return flushes ? emissions.slice(0, emissions.length >> 1) : [];
}

/** Checks whether a routine throws on a parcel. */
export function fails({ failsOn, healsAt }: Behaviour, { tag }: Parcel, attempt: number): boolean {
  return failsOn > 0 && tag % failsOn === 0 && attempt < healsAt;
}

/** Checks whether a routine ends its worker on a parcel, unless it throws before. */
export function dies(behaviour: Behaviour, parcel: Parcel, attempt: number): boolean {
  const { diesOn, healsAt } = behaviour;
  if (fails(behaviour, parcel, attempt)) return false;
  return diesOn > 0 && parcel.tag % diesOn === 0 && attempt < healsAt;
}

function mixed(tag: number, numbers: readonly number[]): number {
  return numbers.reduce((mix, number) => Math.imul(mix ^ number, 0x01000193) >>> 0, tag);
}
