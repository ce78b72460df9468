// The store files that this thread has open. `journal_connection.ts` enters each, so that no file that is
// written has a second handle: a store that only reads shares the connection of the one that writes.

import { identityOf } from "./file_identity.ts";
import type { JournalConnection } from "./journal_connection.ts";

const writers = new Map<string, JournalConnection>();
const readers = new Map<string, Set<() => void>>();

/** The connection by which this thread writes a file, whatever it is called, if it does. */
export function writerOf(path: string): JournalConnection | undefined {
  if (writers.size === 0) return undefined;
  const file = identityOf(path);
  return file && writers.get(file.key);
}

/**
 * Enters a connection that writes.
 *
 * @param key The identity of its file.
 * @param connection The connection.
 * @returns Removes it.
 */
export function enterWriter(key: string, connection: JournalConnection): Disposable {
  writers.set(key, connection);
  return { [Symbol.dispose]: () => void writers.delete(key) };
}

/**
 * Enters a connection that only reads.
 *
 * @param key The identity of its file.
 * @param close Closes it, as the file is about to be written by this thread.
 * @returns Removes it.
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
