import { UncloneableValueError } from "../errors/value_errors.ts";
import { type Graph, parseReference } from "./graph.ts";
import type { FieldMap } from "./references.ts";

/** The routes of a flow from events to slots, in the order in which they were connected. */
export class Routes {
  readonly #byRoutine = new Map<string, Map<string, Route[]>>();

  /** @param graph A valid graph. */
  constructor(graph: Graph) {
    for (const { from, to, map } of graph.connections) {
      const source = parseReference(from);
      const { routineId, port: slot } = parseReference(to);
      const byEvent = this.#byRoutine.getOrInsertComputed(source.routineId, () => new Map());
      byEvent.getOrInsertComputed(source.port, () => []).push({ routineId, slot, map });
    }
  }

  /** Returns the receivers of a routine's event; empty if no slot is connected to it. */
  from(routineId: string, event: string): readonly Route[] {
    return this.#byRoutine.get(routineId)?.get(event) ?? [];
  }

  /** Returns the number of activations that a routine's emits queue, without those that are held back. */
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

/** A receiver of a payload: a slot, and the fields that the connection renames. */
export interface Route {
  readonly routineId: string;
  readonly slot: string;
  readonly map: FieldMap | undefined;
}

/**
 * Returns a payload with fields renamed by a map.
 *
 * @throws {UncloneableValueError} If two fields would have the same name.
 */
export function renameFields(payload: unknown, map: FieldMap | undefined): unknown {
  if (map === undefined || !isPlain(payload)) return payload;
  // Defined instead of assigned, as a field may be called `__proto__`.
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
