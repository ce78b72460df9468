import type { DatabaseSync } from "node:sqlite";

/** The commits beside a store's file, as SQLite knows them and as its `-wal` holds them. */
export interface WalState {
  /** Number of pages beside the file, by what SQLite has in memory. */
  readonly pages: number;
  /** `true` if the `-wal` begins as one must that holds pages. */
  readonly hasHeader: boolean;
  /** Another text after each checkpoint, which alone writes the file itself. */
  readonly checkpoint: string;
}

/** The first bytes of a `-wal`, but for the last, which depends on the machine. */
const MAGIC = [0x37, 0x7f, 0x06] as const;

/** Where two numbers stand that are others whenever a `-wal` is begun anew. */
const SALTS = [16, 24] as const;

/**
 * Looks at the commits beside a file. SQLite holds no locks on a `-wal`, so that to open one harms nothing.
 *
 * @param db The file.
 * @param wal Its `-wal`.
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
