import type { Job, LiveActivation, PendingSignal } from "../engine/job.ts";
import type { Activation } from "../engine/job_event.ts";
import { fromBytes, toBytes } from "./structured_bytes.ts";

/** A job as a snapshot has it. */
interface EncodedJob extends Omit<Job, "signals"> {
  /** A list in older journals. */
  readonly signals: Job["signals"] | readonly PendingSignal[];
  /** The activations whose payloads are stored in cells; absent in older journals. */
  readonly inCells?: readonly string[];
}

/**
 * Encodes a job; what is in it came with events that have been stored.
 *
 * @param job The job.
 * @param inCells The activations whose payloads are stored in cells, and need not be stored once more.
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
  return toBytes({ ...job, live, ...kept.length > 0 && { inCells: kept } });
}

/**
 * Decodes what {@linkcode encodeJob} made.
 *
 * @param bytes The job.
 * @param payloadOf Gives the payload of an activation that is stored in a cell. What has committed since
 * may have none any more.
 */
export function decodeJob(bytes: Uint8Array, payloadOf: (activation: Activation) => unknown): Job {
  const { inCells = [], ...kept } = fromBytes(bytes) as EncodedJob;
  const job = withNumberedSignals(kept);
  for (const id of inCells) {
    const live = job.live.get(id);
    if (live === undefined) continue;
    const { activation } = live;
    job.live.set(id, { ...live, activation: { ...activation, payload: payloadOf(activation) } });
  }
  return job;
}

/** In older journals signals have no numbers: they came before all that is to come. */
function withNumberedSignals(job: Omit<EncodedJob, "inCells">): Job {
  const { signals } = job;
  return { ...job, signals: signals instanceof Map ? signals : new Map(signals.entries()) };
}
