// Finds, by the name of a signal, the oldest wait for it and the signals that were stored. What it holds
// follows from the job, which is plain data, so a job that was read has none until it is needed. `decide`
// asks; `apply`, the only code that changes a job, keeps it up to date.

import { Fifo } from "../data/fifo.ts";
import type { Job, PendingSignal } from "./job.ts";
import type { Wait } from "./job_event.ts";

const indexes = new WeakMap<Job, SignalIndex>();

/** The waits of a job and the signals that nobody has waited for, each by the name of the signal. */
export class SignalIndex {
  readonly #job: Job;
  /** The ids of waits, oldest first. */
  readonly #waits = new Map<string, Fifo<string>>();
  /** The numbers of signals, oldest first. */
  readonly #signals = new Map<string, Fifo<number>>();

  private constructor(job: Job) {
    this.#job = job;
    for (const wait of job.waits.values()) this.addWait(wait);
    for (const [number, { signal }] of job.signals) this.addSignal(number, signal);
  }

  /** The index of a job. */
  static of(job: Job): SignalIndex {
    return indexes.getOrInsertComputed(job, () => new SignalIndex(job));
  }

  /** The index of a job, if it has been needed. */
  static ifUsed(job: Job): SignalIndex | undefined {
    return indexes.get(job);
  }

  /** All that it holds of a job has changed. */
  static drop(job: Job): void {
    indexes.delete(job);
  }

  /** The oldest wait for a signal. */
  oldestWait(signal: string): Wait | undefined {
    const waitId = this.#waits.get(signal)?.peek();
    return waitId === undefined ? undefined : this.#job.waits.get(waitId);
  }

  /** The waits for a signal, oldest first. */
  *waits(signal: string): Generator<Wait, undefined> {
    for (const waitId of this.#waits.get(signal) ?? []) yield this.#job.waits.get(waitId) as Wait;
  }

  /** The number of the oldest signal of a name. */
  oldestSignal(signal: string): number | undefined {
    return this.#signals.get(signal)?.peek();
  }

  /** The signals of a name, oldest first. */
  *signals(signal: string): Generator<PendingSignal, undefined> {
    for (const number of this.#signals.get(signal) ?? []) {
      yield this.#job.signals.get(number) as PendingSignal;
    }
  }

  /** A wait that the job did not have has come. */
  addWait({ waitId, signal }: Wait): void {
    this.#waits.getOrInsertComputed(signal, () => new Fifo()).push(waitId);
  }

  /** A wait is over. */
  removeWait({ waitId, signal }: Wait): void {
    remove(this.#waits, signal, waitId);
  }

  /** A signal is stored. */
  addSignal(number: number, signal: string): void {
    this.#signals.getOrInsertComputed(signal, () => new Fifo()).push(number);
  }

  /** A signal is stored no longer. */
  removeSignal(number: number, signal: string): void {
    remove(this.#signals, signal, number);
  }
}

function remove<Id>(byName: Map<string, Fifo<Id>>, name: string, id: Id): void {
  const line = byName.get(name);
  if (line === undefined) return;
  if (line.peek() === id) line.shift();
  else line.remove(id);
  if (line.size === 0) byName.delete(name);
}
