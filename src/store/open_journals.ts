// The store files that this thread has open. `journal_connection.ts` registers each of them, so that a file
// that is written has no second handle: a store that only reads shares the connection of the writer.

import { identityOf } from "./file_identity.ts";
import type { JournalConnection } from "./journal_connection.ts";

const writers = new Map<string, JournalConnection>();
const readers = new Map<string, Set<() => void>>();

/** Returns the connection with which this thread writes a file, under any of its names. */
export function writerOf(path: string): JournalConnection | undefined {
  if (writers.size === 0) return undefined;
  const file = identityOf(path);
  return file && writers.get(file.key);
}

/**
 * Registers a connection that writes.
 *
 * @param key The identity of the file.
 * @param connection The connection.
 * @returns An object that removes the connection when disposed of.
 */
export function enterWriter(key: string, connection: JournalConnection): Disposable {
  writers.set(key, connection);
  return { [Symbol.dispose]: () => void writers.delete(key) };
}

/**
 * Registers a connection that only reads.
 *
 * @param key The identity of the file.
 * @param close Closes the connection, when this thread is about to write the file.
 * @returns An object that removes the connection when disposed of.
 */
export function enterReader(key: string, close: () => void): Disposable {
  const entered = readers.get(key) ?? new Set();
  readers.set(key, entered.add(close));
  return {
    [Symbol.dispose]: () => {
      entered.delete(close);
      if (entered.size === 0 && readers.get(key) === entered) readers.delete(key);
    },
  };
}

/** Closes the connections of this thread that only read a file. */
export function closeReaders(key: string): void {
  for (const close of [...readers.get(key) ?? []]) close();
}
