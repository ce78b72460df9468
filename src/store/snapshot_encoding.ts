import type { Job, LiveActivation, PendingSignal } from "../engine/job.ts";
import type { Activation } from "../engine/job_event.ts";
import { fromBytes, toBytes } from "../data/structured_bytes.ts";

/** The form of a job in a snapshot. */
interface EncodedJob extends Omit<Job, "signals"> {
  /** The signals; a list in older journals. */
  readonly signals: Job["signals"] | readonly PendingSignal[];
  /** The activations whose payloads are stored in cells; absent in older journals. */
  readonly inCells?: readonly string[];
  /** `true` if the signals have the numbers of their JobEvents; absent in older journals. */
  readonly isNumbered?: true;
}

/**
 * Encodes a job. Its values need no checks, as they came with events that are stored.
 *
 * @param job The job.
 * @param inCells The activations whose payloads are stored in cells, and are left out of the snapshot.
 */
export function encodeJob(job: Job, inCells: ReadonlySet<string>): Uint8Array {
  const live = new Map<string, LiveActivation>();
  const kept: string[] = [];
  for (const [id, one] of job.live) {
    const { transfer: _, ...activation } = one.activation;
    const isInCell = inCells.has(id);
    if (isInCell) kept.push(id);
    const payload = isInCell ? undefined : activation.payload;
    live.set(id, { ...one, activation: { ...activation, payload } });
  }
  return toBytes({ ...job, live, isNumbered: true, ...kept.length > 0 && { inCells: kept } });
}

/**
 * Decodes the result of {@linkcode encodeJob}.
 *
 * @param bytes The job.
 * @param payloadOf Returns the payload of an activation from its cell; `undefined` if it was dropped after
 * the activation had committed.
 */
export function decodeJob(bytes: Uint8Array, payloadOf: (activation: Activation) => unknown): Job {
  const { inCells = [], isNumbered, ...kept } = fromBytes(bytes) as EncodedJob;
  const job = isNumbered ? kept as Job : withNumberedSignals(kept);
  for (const id of inCells) {
    const live = job.live.get(id);
    if (live === undefined) continue;
    const { activation } = live;
    job.live.set(id, { ...live, activation: { ...activation, payload: payloadOf(activation) } });
  }
  return job;
}

/**
 * Numbers the signals of a snapshot from an older journal below all JobEvents, as the numbers of their own
 * JobEvents may not be known.
 */
function withNumberedSignals(job: Omit<EncodedJob, "inCells" | "isNumbered">): Job {
  const signals = [...job.signals?.values() ?? []];
  if (signals.length === 0) return { ...job, signals: undefined };
  return { ...job, signals: new Map(signals.map((one, i) => [i - signals.length, one])) };
}
