// The activation to which a worker goes straight on. `Runner` asks for it when an activation has ended.

import { structuredClone } from "../data/structured_clone.ts";
import { activationIdOf, activationNumber } from "../routine/activation_id.ts";
import { onlyEmitOf, type PackedEffects } from "../wire/packed_effects.ts";
import { batchOfNext, type TaskBatch } from "../wire/task_batch.ts";
import type { BoundRoutine } from "./bound_routine.ts";
import type { RoutineTable } from "./routine_table.ts";
import type { RunningActivation } from "./running_activation.ts";
import type { WorkerStrand } from "./worker_strand.ts";

/** The estimate of a routine up to which a worker goes straight on to it, in milliseconds. */
const QUICK_MS = 1;

/** An activation that follows from one that has ended, and is executed in its place. */
export interface NextActivation {
  readonly strand: WorkerStrand;
  readonly bound: BoundRoutine;
  /** The index of its slot. */
  readonly slot: number;
  /** A batch of this activation alone. */
  readonly batch: TaskBatch;
}

/**
 * Returns the activation that follows from an activation, if its only emit has a receiver in this worker that takes
 * little time. Others are left to the host, which has to learn of the end first.
 *
 * @param activation The activation that is about to end.
 * @param effects Its effects.
 * @param routines The routines of the worker.
 */
export function nextActivation(
  { task, strand, bound, jobId, activationId }: RunningActivation,
  effects: PackedEffects,
  routines: RoutineTable,
): NextActivation | undefined {
  const emit = onlyEmitOf(effects);
  if (emit === undefined) return undefined;
  const [event, emitted] = emit;
  const way = bound.ways?.get(event);
  const next = way && routines.get(way.binding);
  if (way === undefined || next === undefined || !next.isLoaded) return undefined;
  const number = activationNumber(jobId, activationId);
  if (number === undefined || next.estimate > QUICK_MS) return undefined;
  const id = activationIdOf(jobId, number + 1);
  try {
    // A copy, as the handler may change it, and the effects were not sent yet.
    const payload = typeof emitted === "object" && emitted !== null
      ? structuredClone(emitted)
      : emitted;
    return { strand, bound: next, slot: way.slot, batch: batchOfNext(task, jobId, id, payload) };
  } catch {
    return undefined;
  }
}
