import type { DatabaseSync } from "node:sqlite";

/** Does what is to be committed together: all of it, or nothing if it throws. */
export function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite itself rolls back when the disk is full.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** Reads what belongs together, as it was at one moment. */
export function reading<T>(db: DatabaseSync, work: () => T): T {
  if (db.isTransaction) return work();
  db.exec("BEGIN");
  try {
    return work();
  } finally {
    if (db.isTransaction) db.exec("COMMIT");
  }
}
