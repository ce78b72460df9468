/** Runs a script of this folder in a process of its own, which is killed when the test is over. */
export class Child implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;

  constructor(script: string, ...args: string[]) {
    const url = import.meta.resolve(`./${script}`);
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", "--no-lock", "--no-check", "-A", url, ...args],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    this.#lines = this.#process.stdout
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TransformStream(new LineSplitter()))
      .getReader();
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** The next line that it prints, or `undefined` after the last. */
  async line(): Promise<string | undefined> {
    return (await this.#lines.read()).value;
  }

  /** Kills it at once, and gives what it had printed until then. */
  async kill(): Promise<string[]> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    const lines: string[] = [];
    for (let line = await this.line(); line !== undefined; line = await this.line()) {
      lines.push(line);
    }
    await this.#process.status;
    return lines;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** Gives whole lines only; what is left of one at the end was not meant to be read. */
class LineSplitter implements Transformer<string, string> {
  #rest = "";

  transform(text: string, controller: TransformStreamDefaultController<string>): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) controller.enqueue(line);
  }
}
