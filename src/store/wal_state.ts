import type { DatabaseSync } from "node:sqlite";

/** The state of a `-wal` file, by what SQLite has in memory and by the header of the file. */
export interface WalState {
  /** The number of pages in the `-wal` file, by what SQLite has in memory. */
  readonly pages: number;
  /** `true` if the `-wal` file begins with a valid header, as it must if it has pages. */
  readonly hasHeader: boolean;
  /** A text that is different after each checkpoint. Only checkpoints write the main file. */
  readonly checkpoint: string;
}

/** The first bytes of a `-wal` file. The fourth byte is left out, as it depends on the machine. */
const MAGIC = [0x37, 0x7f, 0x06] as const;

/** The range of the two salts in the header, which SQLite changes whenever it restarts the `-wal` file. */
const SALTS = [16, 24] as const;

/**
 * Reads the state of a `-wal` file. Opening the file does no harm, as SQLite holds no locks on it.
 *
 * @param db The database.
 * @param wal The path of its `-wal` file.
 */
export function walStateOf(db: DatabaseSync, wal: string): WalState {
  const { log, checkpointed } = db.prepare("PRAGMA wal_checkpoint(NOOP)").get() ?? {};
  const header = new Uint8Array(SALTS[1]);
  using file = Deno.openSync(wal);
  file.readSync(header);
  return {
    pages: Number(log),
    hasHeader: MAGIC.every((byte, i) => header[i] === byte),
    checkpoint: `${header.subarray(...SALTS)} ${checkpointed}`,
  };
}
