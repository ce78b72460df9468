// The tables of a store's file, and the migrations from its older versions. Called by `journal_file.ts`.

import type { DatabaseSync } from "node:sqlite";
import { StoreCorruptError, StoreVersionError } from "../errors/store_errors.ts";
import { transaction } from "./transaction.ts";

/** The application id that marks an SQLite file as a store: "Mill" in ASCII. */
const APPLICATION_ID = 0x4d696c6c;

/**
 * The migrations from each version of the format to the next, starting with an empty file. A released
 * migration is never changed.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE writer (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    pid INTEGER NOT NULL,
    since REAL NOT NULL
  );
  CREATE TABLE flows (
    id INTEGER PRIMARY KEY,
    flow_id TEXT NOT NULL,
    lines TEXT NOT NULL,
    UNIQUE (flow_id, lines)
  );
  CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL UNIQUE,
    flow INTEGER NOT NULL REFERENCES flows,
    status TEXT NOT NULL,
    created_at REAL NOT NULL,
    ended_at REAL
  );
  CREATE INDEX jobs_by_end ON jobs (ended_at);
  CREATE INDEX jobs_by_age ON jobs (created_at);
  -- The events of one job in one append are one row, so rows are added at the end of the table only.
  CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    job INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    text TEXT NOT NULL,
    rest BLOB
  );
  CREATE UNIQUE INDEX events_by_job ON events (job, last_seq);
  CREATE TABLE snapshots (
    job INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    bytes BLOB NOT NULL
  );
  `,
  `
  -- The name by which the file is opened, and whether commits are missing from it that are beside it.
  ALTER TABLE writer ADD COLUMN path TEXT;
  ALTER TABLE writer ADD COLUMN is_partial INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- A digest of the entry and payload that a job was started with.
  ALTER TABLE jobs ADD COLUMN start BLOB;
  -- The large values of events. A cell can be let go of when no receiver is left, if it may at all.
  CREATE TABLE cells (
    id INTEGER PRIMARY KEY,
    job INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    place INTEGER NOT NULL,
    row INTEGER NOT NULL,
    is_payload INTEGER NOT NULL,
    text TEXT,
    bytes BLOB
  );
  CREATE UNIQUE INDEX cells_by_event ON cells (job, seq, place);
  -- The activations that need a cell until they have committed.
  CREATE TABLE receivers (
    job INTEGER NOT NULL,
    activation TEXT NOT NULL,
    cell INTEGER NOT NULL,
    PRIMARY KEY (job, activation)
  ) WITHOUT ROWID;
  CREATE TRIGGER forget_cells AFTER DELETE ON jobs BEGIN
    DELETE FROM cells WHERE job = OLD.id;
    DELETE FROM receivers WHERE job = OLD.id;
  END;
  `,
  `
  -- The number of a job is never given again: what is left of one could become part of another.
  CREATE TABLE numbered_jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL UNIQUE,
    flow INTEGER NOT NULL REFERENCES flows,
    status TEXT NOT NULL,
    created_at REAL NOT NULL,
    ended_at REAL,
    start BLOB
  );
  INSERT INTO numbered_jobs (id, job_id, flow, status, created_at, ended_at, start)
    SELECT id, job_id, flow, status, created_at, ended_at, start FROM jobs;
  DROP TABLE jobs;
  ALTER TABLE numbered_jobs RENAME TO jobs;
  CREATE INDEX jobs_by_end ON jobs (ended_at);
  CREATE INDEX jobs_by_age ON jobs (created_at);
  -- All that belongs to a job goes with it, and nothing may be there of a job that has gone.
  CREATE TRIGGER forget_job AFTER DELETE ON jobs BEGIN
    DELETE FROM events WHERE job = OLD.id;
    DELETE FROM snapshots WHERE job = OLD.id;
    DELETE FROM cells WHERE job = OLD.id;
    DELETE FROM receivers WHERE job = OLD.id;
  END;
  DELETE FROM events WHERE job NOT IN (SELECT id FROM jobs);
  DELETE FROM snapshots WHERE job NOT IN (SELECT id FROM jobs);
  DELETE FROM cells WHERE job NOT IN (SELECT id FROM jobs);
  DELETE FROM receivers WHERE job NOT IN (SELECT id FROM jobs);
  `,
  `
  -- The tables stay. From here on, activations that a failure queued may share one cell, and the delivery of
  -- a signal has the cell of the signal, which earlier releases would not find.
  `,
  `
  -- The attempts that count to the rates of routines, until they do not any more; the keys as JSON.
  CREATE TABLE starts (
    flow INTEGER NOT NULL REFERENCES flows,
    routine TEXT NOT NULL,
    key TEXT NOT NULL,
    at REAL NOT NULL,
    until REAL NOT NULL
  );
  CREATE INDEX starts_by_end ON starts (until);
  `,
];

/**
 * Returns the version of the format of a file, without changing the file.
 *
 * @returns The version; 0 for an empty file.
 * @throws {StoreCorruptError} If the file belongs to another program.
 * @throws {StoreVersionError} If the version is newer than `migrations`.
 */
export function versionOf(db: DatabaseSync, path: string, migrations = MIGRATIONS): number {
  const mark = numberOf(db, "PRAGMA application_id");
  const version = numberOf(db, "PRAGMA user_version");
  if (mark !== APPLICATION_ID) {
    const tables = numberOf(db, "SELECT count(*) FROM sqlite_schema");
    if (mark === 0 && version === 0 && tables === 0) return 0;
    throw new StoreCorruptError(path, "is the SQLite file of another program");
  }
  if (version > migrations.length) throw new StoreVersionError(path, version, migrations.length);
  return version;
}

/** Migrates a file to the latest version. The file is not changed if that fails. */
export function migrate(db: DatabaseSync, path: string, migrations = MIGRATIONS): void {
  if (versionOf(db, path, migrations) === migrations.length) return;
  transaction(db, () => {
    for (const step of migrations.slice(versionOf(db, path, migrations))) db.exec(step);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

/** Returns the number that is the result of a query. */
export function numberOf(db: DatabaseSync, query: string): number {
  return Number(Object.values(db.prepare(query).get() ?? {})[0]);
}
