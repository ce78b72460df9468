import { SqliteStore } from "@millrace/flow/sqlite";
import type { Store } from "@millrace/flow/store";
import type { Options } from "./options.ts";
import { firstLine, plural } from "./text.ts";

/** The suffixes of the file and of the files beside it. */
const BESIDE = ["", "-wal", "-shm", ".lock"];

/**
 * Opens the file of `--store`, before the run.
 *
 * @returns The store, `undefined` without `--store`, or the reason why it cannot be used, in one
 * line.
 */
export async function openJobFile(
  { store: path, resume }: Pick<Options, "store" | "resume">,
): Promise<Store | undefined | string> {
  if (path === undefined) return undefined;
  const denied = await deniedPermission(path);
  if (denied !== undefined) {
    return `--store ${path} needs permission to ${denied} it and the files beside it; run it with --allow-${denied}`;
  }
  if (resume && !exists(path)) {
    return `--store ${path} is not there to go on from; leave --resume out to start jobs in it`;
  }
  let store: SqliteStore;
  try {
    store = new SqliteStore(path);
  } catch (error) {
    const why = firstLine(error instanceof Error ? error.message : String(error));
    return `--store ${path} cannot be used (${why})`;
  }
  const jobs = store.jobs();
  const open = jobs.filter(({ endedAt }) => endedAt === undefined);
  if (resume ? jobs.length > 0 : jobs.length === 0) return store;
  store.close();
  return resume
    ? `--store ${path} holds no jobs to go on with; leave --resume out to start some`
    : `--store ${path} holds ${
      plural(jobs.length, "job")
    }, of which ${open.length} have not ended; add --resume to go on with them, or give another file`;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Queries the permissions first, as opening the file would prompt on a terminal. */
async function deniedPermission(path: string): Promise<"read" | "write" | undefined> {
  for (const name of ["read", "write"] as const) {
    for (const suffix of BESIDE) {
      const { state } = await Deno.permissions.query({ name, path: path + suffix });
      if (state !== "granted") return name;
    }
  }
  return undefined;
}
