// The one list of the parts of effects. Packing, merging, the check for storable values and the journal walk it,
// so a part that is added to `Effects` and not here does not compile.

import type { DataWrite, Effects } from "./effects.ts";

/** The parts of effects by name, in the order in which they travel. */
export const EFFECT_PARTS: {
  readonly [Part in keyof Effects]-?: EffectPart<Exclude<Effects[Part], undefined>>;
} = {
  emits: {
    ...list<Effects["emits"][number]>(),
    none: [],
    values(emits, visit) {
      for (const { event, payload } of emits) visit(payload, `payload of "${event}"`);
    },
  },
  sharedData: {
    ...list<DataWrite>(),
    none: [],
    values(writes, visit) {
      for (const write of writes) if (!write.deleted) visit(write.value, `sharedData.${write.key}`);
    },
    // Of several writes to a key the last counts.
    merge: (all) => [...new Map(all.flat().map((write) => [write.key, write])).values()],
  },
  sharedLog: {
    ...list<Effects["sharedLog"][number]>(),
    none: [],
    values(entries, visit) {
      for (const { data } of entries) visit(data, "sharedLog entry");
    },
  },
  routineState: {
    none: undefined,
    isNone: () => false,
    values: (fields, visit) => visit(fields, "routineState"),
    merge: (all) => all.reduce((merged, fields) => ({ ...merged, ...fields }), {}),
  },
  waits: { ...list<NonNullable<Effects["waits"]>[number]>(), none: undefined, values() {} },
};

/** The rules for one part of effects. */
export interface EffectPart<Value> {
  /** The value of a part that an activation has nothing of; `undefined` if the part is absent then. */
  readonly none: Value | undefined;
  /** Checks whether a value is one of which an activation has nothing. */
  isNone(value: Value): boolean;
  /** Calls back with each value of a user, and with its name in errors. */
  values(value: Value, visit: (value: unknown, what: string) => void): void;
  /** Merges the values of several commits, in order. */
  merge(values: readonly Value[]): Value;
}

/** The names of the parts, in the order in which they travel. */
export const EFFECT_NAMES = Object.keys(EFFECT_PARTS) as (keyof Effects)[];

/** Checks whether an activation has nothing of a part of its effects. */
export function isNone(effects: Partial<Effects>, name: keyof Effects): boolean {
  const value = effects[name];
  return value === undefined || EFFECT_PARTS[name].isNone(value as never);
}

/** Checks whether there are effects. */
export function hasEffects(effects: Effects): boolean {
  return EFFECT_NAMES.some((name) => !isNone(effects, name));
}

/** Calls back with each value of a user in effects, and with its name in errors. */
export function visitEffects(
  effects: Effects,
  visit: (value: unknown, what: string) => void,
): void {
  for (const name of EFFECT_NAMES) {
    const value = effects[name];
    if (value !== undefined) EFFECT_PARTS[name].values(value as never, visit);
  }
}

/** Merges the effects of several commits, in order. */
export function mergeEffects(commits: readonly Effects[]): Effects {
  const merged = EFFECT_NAMES.map((name) => {
    const values = commits.flatMap((effects) => effects[name] === undefined ? [] : [effects[name]]);
    const { none, merge } = EFFECT_PARTS[name];
    return [name, values.length === 0 ? none : merge(values as never)] as const;
  });
  return Object.fromEntries(
    merged.filter(([, value]) => value !== undefined),
  ) as unknown as Effects;
}

function list<Item>(): Pick<EffectPart<readonly Item[]>, "isNone" | "merge"> {
  return { isNone: (items) => items.length === 0, merge: (all) => all.flat() as Item[] };
}
