import type { DatabaseSync, StatementSync } from "node:sqlite";
import { now, systemOffset } from "../data/clock.ts";
import type { ActivationStarted } from "../engine/job_event.ts";

/** The number of starts after which those that do not count any more are removed. */
const SWEEP = 1_000;

/** The table of the attempts that count to the rates of routines. */
export class StartTable {
  readonly #add: StatementSync;
  readonly #sweep: StatementSync;
  #added = 0;

  constructor(db: DatabaseSync) {
    this.#add = db.prepare(
      "INSERT INTO starts (flow, routine, key, at, until) SELECT flow, ?, ?, ?, ? FROM jobs WHERE id = ?",
    );
    this.#sweep = db.prepare("DELETE FROM starts WHERE until <= ?");
  }

  /** Adds the start of an attempt of a job, in the transaction that stores its event. */
  add(job: number, { routineId, at, counted }: ActivationStarted): void {
    if (counted === undefined) return;
    this.#add.run(routineId, storedKey(counted.key), at, counted.until, job);
    // The first one removes those of the processes before. The clock of a job may be ahead, if the system clock was set.
    if (this.#added++ % SWEEP === 0) this.#sweep.run(Math.min(at, now() + systemOffset()));
  }
}

/** Returns the form of a key in the table. As a text of SQLite, a NUL would end it, and half a character would be lost. */
function storedKey(key: string): string {
  return JSON.stringify(key);
}

/** Returns a key of the table. */
export function keyOf(stored: string): string {
  return JSON.parse(stored) as string;
}
