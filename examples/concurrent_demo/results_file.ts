import type { Results } from "./results.ts";

/** The file of `--json`. It is opened before the run, so that a run does not fail at its end. */
export class ResultsFile implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Opens the file, without changing its content before there are results.
   *
   * @returns The file, or the reason why it cannot be written, in one line.
   */
  static async open(path: string): Promise<ResultsFile | string> {
    // Queried first, as opening the file would prompt on a terminal.
    const { state } = await Deno.permissions.query({ name: "write", path });
    if (state !== "granted") {
      return `--json ${path} needs permission to write that file; run it with --allow-write=${path}`;
    }
    try {
      return new ResultsFile(await Deno.open(path, { write: true, create: true }));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return `--json ${path} cannot be written (${error.message}); give it the path of a file`;
    }
  }

  /** Replaces the content of the file with the results. */
  write(results: Results): void {
    this.#file.truncateSync();
    const bytes = new TextEncoder().encode(`${JSON.stringify(results, null, 2)}\n`);
    for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}
