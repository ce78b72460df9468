// The only list of the parts of effects. Packing, merging, the check for storable values and the journal use
// it; a part of `Effects` that is missing here is a compile-time error.

import type { DataWrite, Effects } from "./effects.ts";

/** The parts of effects by name, in the order in which they are packed. */
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
    // The last of several writes to a key counts.
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
  /** The empty value of the part; `undefined` if an empty part is absent. */
  readonly none: Value | undefined;
  /** Checks whether a value is empty. */
  isNone(value: Value): boolean;
  /** Calls `visit` with each value that comes from the user, and with its name for errors. */
  values(value: Value, visit: (value: unknown, what: string) => void): void;
  /** Merges the values of several commits, in order. */
  merge(values: readonly Value[]): Value;
}

/** The names of the parts, in the order in which they are packed. */
export const EFFECT_NAMES = Object.keys(EFFECT_PARTS) as (keyof Effects)[];

/** Checks whether a part of effects is empty or absent. */
export function isNone(effects: Partial<Effects>, name: keyof Effects): boolean {
  const value = effects[name];
  return value === undefined || EFFECT_PARTS[name].isNone(value as never);
}

/** Checks whether effects have a part that is not empty. */
export function hasEffects(effects: Effects): boolean {
  return EFFECT_NAMES.some((name) => !isNone(effects, name));
}

/** Calls `visit` with each value in effects that comes from the user, and with its name for errors. */
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
