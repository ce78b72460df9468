import { UncloneableValueError } from "../errors/value_errors.ts";
import { type Graph, parseReference } from "./graph.ts";
import type { FieldMap } from "./references.ts";

/** Where a payload goes: a slot, and the fields renamed on the way. */
export interface Route {
  readonly routineId: string;
  readonly slot: string;
  readonly map: FieldMap | undefined;
}

/** The routes of a flow: from a routine's event to slots, in the order in which they were connected. */
export class Routes {
  readonly #byRoutine = new Map<string, Map<string, Route[]>>();

  /** @param graph A graph without faults. */
  constructor(graph: Graph) {
    for (const { from, to, map } of graph.connections) {
      const source = parseReference(from);
      const { routineId, port: slot } = parseReference(to);
      const byEvent = this.#byRoutine.getOrInsertComputed(source.routineId, () => new Map());
      byEvent.getOrInsertComputed(source.port, () => []).push({ routineId, slot, map });
    }
  }

  /** Where a routine's event leads; nowhere if nothing is connected to it. */
  from(routineId: string, event: string): readonly Route[] {
    return this.#byRoutine.get(routineId)?.get(event) ?? [];
  }

  /**
   * Returns the number of activations that a routine's emits queue; those held back are not
   * counted.
   */
  countOf(
    routineId: string,
    emits: readonly { readonly event: string; readonly when?: "resumed" | undefined }[],
  ): number {
    let count = 0;
    for (const { event, when } of emits) {
      if (when === undefined) count += this.from(routineId, event).length;
    }
    return count;
  }
}

/**
 * A payload as it arrives at the end of a route.
 *
 * @throws {UncloneableValueError} If two of its fields would arrive under one name.
 */
export function renameFields(payload: unknown, map: FieldMap | undefined): unknown {
  if (map === undefined || !isPlain(payload)) return payload;
  // A field may be called `__proto__`, which an assignment would not make.
  const renamed = new Map<string, unknown>();
  for (const [key, value] of Object.entries(payload)) {
    const name = Object.hasOwn(map, key) ? map[key] as string : key;
    if (value === undefined && renamed.has(name)) continue;
    if (renamed.get(name) !== undefined) {
      throw new UncloneableValueError(
        `payload.${key}`,
        `would be lost, as another field arrives as "${name}"; rename both, by the map of the connection`,
      );
    }
    renamed.set(name, value);
  }
  return Object.fromEntries(renamed);
}

function isPlain(payload: unknown): payload is Readonly<Record<string, unknown>> {
  if (typeof payload !== "object" || payload === null) return false;
  const prototype = Object.getPrototypeOf(payload);
  return prototype === Object.prototype || prototype === null;
}
