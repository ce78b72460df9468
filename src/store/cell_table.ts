// The large values of events in a store's file, and the activations that still need them. Called by
// `journal_writer.ts`, within its transactions.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Cell } from "./cells.ts";

/** Writes the large values of events, and drops payloads that are no longer needed. */
export class CellTable {
  readonly #db: DatabaseSync;
  readonly #add: StatementSync;
  readonly #move: StatementSync;
  readonly #addReceiver: StatementSync;
  readonly #release: StatementSync;
  readonly #drop: StatementSync;
  readonly #receivers: StatementSync;

  /** @param db The database. Each call is part of a transaction of the caller. */
  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#add = db.prepare(
      "INSERT INTO cells (job, seq, place, row, is_payload, text, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    this.#move = db.prepare(
      "UPDATE cells SET row = ? WHERE job = ? AND seq = ? AND place = ? RETURNING id",
    );
    this.#addReceiver = db.prepare(
      "REPLACE INTO receivers (job, activation, cell) VALUES (?, ?, ?)",
    );
    this.#release = db.prepare("DELETE FROM receivers WHERE job = ? AND activation = ?");
    this.#drop = db.prepare(
      `DELETE FROM cells WHERE job = ?1 AND seq <= ?2 AND is_payload = 1
       AND id NOT IN (SELECT cell FROM receivers WHERE job = ?1)`,
    );
    this.#receivers = db.prepare("SELECT activation FROM receivers WHERE job = ?");
  }

  /**
   * Adds the cells of an event, which is stored in a row. A cell that an earlier event shares with it is moved
   * to this row, with which it is dropped.
   */
  add(job: number, row: number, event: number, cells: readonly Cell[]): void {
    cells.forEach(({ seq, receivers, text, bytes }, place) => {
      // In an older journal, the earlier event may hold the value itself.
      const known = seq === event ? undefined : this.#move.get(row, job, seq, place)?.id;
      const isPayload = receivers === undefined ? 0 : 1;
      const id = known ??
        this.#add.run(job, seq, place, row, isPayload, text, bytes).lastInsertRowid;
      for (const activation of receivers ?? []) this.#addReceiver.run(job, activation, id);
    });
  }

  /** Records that an activation has committed and no longer needs its payload. */
  release(job: number, activationId: string): void {
    this.#release.run(job, activationId);
  }

  /**
   * Drops the payloads that no activation needs any more.
   *
   * @param job The job.
   * @param to The number of the last event whose payloads may be dropped.
   * @returns `true` if payloads were dropped.
   */
  drop(job: number, to: number): boolean {
    return Number(this.#drop.run(job, to).changes) > 0;
  }

  /** Drops all cells whose events were dropped, except payloads that are still needed. */
  dropWithoutEvent(job: number): void {
    this.#db.prepare(
      `DELETE FROM cells WHERE job = ?1 AND row NOT IN (SELECT id FROM events WHERE job = ?1)
       AND id NOT IN (SELECT cell FROM receivers WHERE job = ?1)`,
    ).run(job);
  }

  /** Returns the activations whose payloads are in cells. */
  receiversOf(job: number): ReadonlySet<string> {
    const rows = this.#receivers.all(job) as { activation: string }[];
    return new Set(rows.map(({ activation }) => activation));
  }

  /** Checks whether payloads of a job are in cells. */
  hasPayloads(job: number): boolean {
    return this.#db.prepare(
      `SELECT 1 FROM cells WHERE job = ?1 AND is_payload = 1
       UNION ALL SELECT 1 FROM receivers WHERE job = ?1 LIMIT 1`,
    ).get(job) !== undefined;
  }
}
