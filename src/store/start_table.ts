import type { DatabaseSync, StatementSync } from "node:sqlite";
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
    this.#add.run(routineId, counted.key, at, counted.until, job);
    // The first one removes those of the processes before.
    if (this.#added++ % SWEEP === 0) this.#sweep.run(at);
  }
}
