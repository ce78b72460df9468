// Copies a store's file while it is in use, for `SqliteStore`. The copy is made in a thread of its own, as
// SQLite blocks while it copies, for about a second per hundred megabytes. The thread reads within a
// transaction, as a commit of another connection would otherwise restart the copy.

import { StoreWriteError } from "../errors/store_errors.ts";
import { identityOf } from "./file_identity.ts";
import { guarded } from "./sqlite_error.ts";

/** The code of the thread. SQLite opens the file there, which does not affect the locks of this process. */
const THREAD = `
import { backup, DatabaseSync } from "node:sqlite";
self.onmessage = async ({ data: { from, to } }) => {
  let problem;
  try {
    const file = new DatabaseSync(from, { readOnly: true, timeout: 5_000 });
    try {
      file.exec("BEGIN");
      file.prepare("SELECT count(*) FROM sqlite_schema").get();
      await backup(file, to, { rate: 1_024 });
    } finally {
      file.close();
    }
    const copy = new DatabaseSync(to);
    try {
      copy.exec("UPDATE writer SET is_partial = 0, path = NULL; PRAGMA journal_mode = DELETE");
    } finally {
      copy.close();
    }
  } catch (error) {
    problem = String(error?.message ?? error);
  }
  self.postMessage({ problem });
  self.close();
};`;

/**
 * Makes a consistent copy of a store's file. If that fails, an existing file at the target is not changed.
 *
 * @param source The file, which may be written meanwhile.
 * @param target The path of the copy.
 * @throws {StoreError} If the copy cannot be made.
 */
export async function backUp(source: string, target: string): Promise<void> {
  const part = `${target}.${crypto.randomUUID()}.part`;
  try {
    refuseUsed(source, target);
    const problem = await copied(source, part);
    if (problem !== undefined) throw new Error(problem);
    refuseUsed(source, target);
    Deno.renameSync(part, target);
  } catch (error) {
    for (const suffix of ["", "-wal", "-shm", "-journal"]) remove(part + suffix);
    guarded(target, "write", () => {
      throw error;
    });
  }
}

/** Resolves with the message of the error, if the copy failed. */
async function copied(from: string, to: string): Promise<string | undefined> {
  const url = `data:text/javascript,${encodeURIComponent(THREAD)}`;
  const thread = new Worker(url, { type: "module", name: "millrace backup" });
  try {
    return await new Promise((resolve) => {
      thread.onmessage = ({ data }) => resolve(data.problem);
      thread.onmessageerror = () => resolve("its thread gave no answer");
      thread.onerror = (event) => {
        event.preventDefault();
        resolve(event.message);
      };
      thread.postMessage({ from, to });
    });
  } finally {
    thread.terminate();
  }
}

/** Refuses a target that is in use: SQLite would apply a journal beside it to the copy. */
function refuseUsed(source: string, target: string): void {
  const file = identityOf(target);
  if (file !== undefined && file.key === identityOf(source)?.key) {
    throw new StoreWriteError(target, "it is the store itself; give the path of another file");
  }
  for (const suffix of ["-wal", "-journal"]) {
    if (identityOf(target + suffix) === undefined) continue;
    const reason = `${target}${suffix} is beside it, so it is in use, or was left by a crash; ` +
      "give the path of another file";
    throw new StoreWriteError(target, reason);
  }
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // The file does not exist.
  }
}
