// Reads a store, and tries to write it, in a thread of its own; the thread ends with its store open.

import { SqliteStore } from "../../src/store/sqlite_store.ts";

const scope = self as unknown as Worker;

scope.onmessage = ({ data: path }) => {
  const jobs = new SqliteStore(path, { readOnly: true }).jobs().length;
  try {
    new SqliteStore(path);
  } catch (error) {
    scope.postMessage({ jobs, refusal: (error as Error).name });
  }
};
