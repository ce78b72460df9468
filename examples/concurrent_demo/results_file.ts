import type { Results } from "./results.ts";

/** The file that `--json` names, open from before the run, so that no run is for nothing. */
export class ResultsFile implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Opens the file, and leaves what it holds as it is until there are results.
   *
   * @returns The file, or a line that says why it cannot be written.
   */
  static async open(path: string): Promise<ResultsFile | string> {
    // Asked first, as opening it would stop and ask on a terminal.
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

  /** Writes the results in place of what the file holds. */
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
