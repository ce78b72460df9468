import type { Routine } from "../routine/routine.ts";
import type { FieldMap } from "./references.ts";

/** A routine at work in a flow, under an id and with a config of its own. */
export interface Node {
  /** The id. */
  readonly id: string;
  /** The routine. */
  readonly routine: Routine;
  /** The routine's config, with what was changed for this flow. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** An event of one routine wired to a slot of another, as `routine.port`. */
export interface Connection {
  /** The event, as `routine.event`. */
  readonly from: string;
  /** The slot, as `routine.slot`. */
  readonly to: string;
  /** The fields of the payload that are renamed on the way. */
  readonly map: FieldMap | undefined;
}

/** What a user has put together: routines and connections, faults and all. */
export interface Graph {
  /** The routines, in the order in which they were added. */
  readonly nodes: readonly Node[];
  /** The connections, in the order in which they were made. */
  readonly connections: readonly Connection[];
}

/** The two halves of a reference. */
export interface Reference {
  readonly routineId: string;
  readonly port: string;
}

/** Splits `routine.port` at its first dot; without one, the port is empty. */
export function parseReference(reference: string): Reference {
  const dot = reference.indexOf(".");
  if (dot < 0) return { routineId: reference, port: "" };
  return { routineId: reference.slice(0, dot), port: reference.slice(dot + 1) };
}

/** The slots of a node that a payload can be sent to, as references. */
export function slotReferences({ id, routine }: Node): string[] {
  return Object.keys(routine.slots).map((slot) => `${id}.${slot}`);
}
