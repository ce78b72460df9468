import { Flow } from "@millrace/flow";
import { SqliteStore } from "@millrace/flow/sqlite";
import { flow } from "./flows.ts";

/** A folder with a journal, which is removed at the end. */
export interface JournalFolder extends Disposable {
  /** The path of the folder. */
  readonly path: string;
  /** The path of the journal. */
  readonly file: string;
}

/** Returns a folder for files of a test. */
export function tempFolder(): JournalFolder {
  const path = Deno.makeTempDirSync({ prefix: "millrace_cli_" });
  return {
    path,
    file: `${path}/jobs.db`,
    [Symbol.dispose]() {
      Deno.removeSync(path, { recursive: true });
    },
  };
}

/** Creates a journal with a completed job, and with failed ones of which one has hostile texts. */
export async function numbersJournal(): Promise<JournalFolder> {
  const folder = tempFolder();
  using store = new SqliteStore(folder.file);
  await using numbers = flow({ store });
  for (const [number, jobId] of [[1, "first"], [13, "unlucky"], [666, "hostile"]] as const) {
    await numbers.start("double.number", number, { jobId }).waitForCompletion();
  }
  return folder;
}

/** Adds a job of another flow to a journal. */
export async function addOtherFlow(file: string): Promise<void> {
  using store = new SqliteStore(file);
  await using other = new Flow({ id: "other", store, maxWorkers: 1 })
    .add("double", (await import("./flows.ts")).double);
  await other.execute("double.number", 4, { jobId: "elsewhere" });
}
