import { DatabaseSync } from "node:sqlite";

/** The number of rows in one transaction, about as many as a flow commits at once. */
const ROWS = 256;

/**
 * Measures what SQLite alone takes for the events of a journal: inserts of the same rows into the same table of another
 * file, with prepared statements, in this thread.
 *
 * @param journal The path of a closed journal.
 * @param path The path of the other file.
 * @returns The time, in seconds.
 */
export function timeRawInserts(journal: string, path: string): number {
  using source = new DatabaseSync(journal, { readOnly: true });
  const rows = source.prepare("SELECT job, last_seq, text, rest FROM events ORDER BY id").all();
  const table = source.prepare("SELECT sql FROM sqlite_schema WHERE tbl_name = 'events'").all();
  using target = new DatabaseSync(path);
  target.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  for (const { sql } of table) if (typeof sql === "string") target.exec(sql);
  const insert = target.prepare(
    "INSERT INTO events (job, last_seq, text, rest) VALUES (?, ?, ?, ?)",
  );
  const values = rows.map((row) => Object.values(row));
  const startedAt = performance.now();
  for (let i = 0; i < values.length; i += ROWS) {
    target.exec("BEGIN");
    for (const row of values.slice(i, i + ROWS)) insert.run(...row);
    target.exec("COMMIT");
  }
  return (performance.now() - startedAt) / 1_000;
}
