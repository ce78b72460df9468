// Finds, by the name of a signal, the oldest wait for it and the stored signals. The index is derived from
// the job, which is plain data, and is built when it is first needed. `decide` queries it; `apply`, the only
// code that changes a job, updates it.

import { Fifo } from "../data/fifo.ts";
import { type Job, waitsOf } from "./job.ts";
import type { Wait } from "./job_event.ts";

const indexes = new WeakMap<Job, SignalIndex>();

/** An index of the waits of a job and of its stored signals, by the name of the signal. */
export class SignalIndex {
  readonly #job: Job;
  /** The ids of the waits for each signal, oldest first. */
  readonly #waits = new Map<string, Fifo<string>>();
  /** The numbers of the stored signals of each name, oldest first. */
  readonly #signals = new Map<string, Fifo<number>>();

  private constructor(job: Job) {
    this.#job = job;
    for (const wait of waitsOf(job).values()) this.addWait(wait);
    for (const [number, { signal }] of job.signals ?? []) this.addSignal(number, signal);
  }

  /** Returns the index of a job. */
  static of(job: Job): SignalIndex {
    return indexes.getOrInsertComputed(job, () => new SignalIndex(job));
  }

  /** Returns the index of a job, if it has been built. */
  static ifUsed(job: Job): SignalIndex | undefined {
    return indexes.get(job);
  }

  /** Drops the index of a job whose waits and signals have all changed. */
  static drop(job: Job): void {
    indexes.delete(job);
  }

  /** Returns the oldest wait for a signal. */
  oldestWait(signal: string): Wait | undefined {
    const waitId = this.#waits.get(signal)?.peek();
    return waitId === undefined ? undefined : this.#job.waits?.get(waitId);
  }

  /** Iterates over the waits for a signal, oldest first. */
  *waits(signal: string): Generator<Wait, undefined> {
    for (const waitId of this.#waits.get(signal) ?? []) yield this.#job.waits?.get(waitId) as Wait;
  }

  /** Returns the number of the oldest stored signal of a name. */
  oldestSignal(signal: string): number | undefined {
    return this.#signals.get(signal)?.peek();
  }

  /** Iterates over the numbers of the stored signals of a name, oldest first. */
  *signals(signal: string): Generator<number, undefined> {
    yield* this.#signals.get(signal) ?? [];
  }

  /** Adds a new wait. */
  addWait({ waitId, signal }: Wait): void {
    this.#waits.getOrInsertComputed(signal, () => new Fifo()).push(waitId);
  }

  /** Removes a wait that has ended. */
  removeWait({ waitId, signal }: Wait): void {
    remove(this.#waits, signal, waitId);
  }

  /** Adds a stored signal. */
  addSignal(number: number, signal: string): void {
    this.#signals.getOrInsertComputed(signal, () => new Fifo()).push(number);
  }

  /** Removes a signal that was delivered. */
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
