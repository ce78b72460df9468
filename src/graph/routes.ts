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

  /** How many activations come of what a routine emitted. */
  countOf(routineId: string, emits: readonly { readonly event: string }[]): number {
    return emits.reduce((count, { event }) => count + this.from(routineId, event).length, 0);
  }
}

/** A payload as it arrives at the end of a route. */
export function renameFields(payload: unknown, map: FieldMap | undefined): unknown {
  if (map === undefined || !isPlain(payload)) return payload;
  const renamed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(payload)) {
    renamed[Object.hasOwn(map, key) ? map[key] as string : key] = value;
  }
  return renamed;
}

function isPlain(payload: unknown): payload is Readonly<Record<string, unknown>> {
  if (typeof payload !== "object" || payload === null) return false;
  const prototype = Object.getPrototypeOf(payload);
  return prototype === Object.prototype || prototype === null;
}
