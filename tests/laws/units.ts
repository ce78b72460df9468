// A unit is the effects that an activation commits at once. Every unit leaves the same name in each
// place there is, so that each place shows which units have been committed.

/** Returns the name of a unit. */
export function unitOf(activationId: string, part: "early" | "late"): string {
  return `${activationId} ${part}`;
}

/** The key under which a unit stands in the shared data. */
export function keyOf(unit: string): string {
  return `unit ${unit}`;
}

/** The key under which units are counted in the shared data. */
export const COUNT = "count";

/** The parts of a job's state that units leave their names in. */
export interface UnitPlaces {
  readonly sharedData: Readonly<Record<string, unknown>>;
  readonly sharedLog: readonly { readonly data: unknown }[];
  readonly routineStates: Readonly<Record<string, object>>;
}

/** Returns the units that each place shows, sorted, and the number that were counted. */
export function unitsIn({ sharedData, sharedLog, routineStates }: UnitPlaces) {
  const keys = Object.keys(sharedData).filter((key) => key.startsWith(keyOf("")));
  return {
    data: keys.map((key) => key.slice(keyOf("").length)).sort(),
    log: sharedLog.map(({ data }) => (data as { unit: string }).unit).sort(),
    states: Object.values(routineStates).flatMap((state) => Object.keys(state)).sort(),
    counted: sharedData[COUNT] ?? 0,
  };
}
