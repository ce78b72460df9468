import { deadline } from "@std/async/deadline";
import { MARK, type Report } from "./case_main.ts";
import { denoRun, ROOT } from "./deno_process.ts";
import { TextLineStream } from "./lines.ts";
import type { Sample, Settings, Workload } from "./workload.ts";

const DEFAULT_LIMIT_MS = 60_000, CLOSING_MS = 5_000;

/**
 * A case in a process of its own, so that it is not affected by the garbage, the threads or the
 * crash of other cases.
 */
export class CaseProcess {
  /** The version of the contender, once it is ready. */
  version: string | undefined;
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #reports: ReadableStreamDefaultReader<string>;
  readonly #complaint: Promise<string>;
  readonly #limit: number;

  private constructor(workload: Workload, name: string, settings: Settings, flags: string[]) {
    const [run = "", ...rest] = denoRun(
      "bench/harness/case_main.ts",
      workload.name,
      name,
      JSON.stringify(settings),
    );
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [run, "--v8-flags=--expose-gc", ...flags, ...rest],
      cwd: ROOT,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#reports = this.#process.stdout
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
    this.#complaint = new Response(this.#process.stderr).text();
    this.#limit = workload.timeLimit ?? DEFAULT_LIMIT_MS;
  }

  /** Starts a case and waits until it is ready. Rejects if that fails or takes too long. */
  static async start(
    workload: Workload,
    name: string,
    settings: Settings,
    flags: string[] = [],
  ): Promise<CaseProcess> {
    const started = new CaseProcess(workload, name, settings, flags);
    try {
      const report = await started.#next();
      if (report.type === "ready") started.version = report.version;
    } catch (error) {
      await started.close();
      throw error;
    }
    return started;
  }

  /** Measures once. Rejects if that fails or takes too long. */
  async measure(): Promise<Sample> {
    await this.#input.write(new TextEncoder().encode("measure\n"));
    const report = await this.#next();
    return report.type === "sample" ? report.sample : {};
  }

  /** Ends the process, after a short time to end by itself. */
  async close(): Promise<void> {
    try {
      await this.#input.close().catch(() => {});
      await deadline(this.#process.status, CLOSING_MS);
    } catch {
      this.#process.kill("SIGKILL");
      await this.#process.status;
    }
    await this.#reports.cancel();
  }

  async #next(): Promise<Report> {
    let report: Report;
    try {
      report = await deadline(this.#read(), this.#limit);
    } catch (error) {
      this.#process.kill("SIGKILL");
      if (error instanceof DOMException) throw new Error(`hung: nothing in ${this.#limit} ms`);
      throw error;
    }
    if (report.type === "error") throw new Error(withoutPaths(report.message));
    return report;
  }

  async #read(): Promise<Report> {
    for (;;) {
      const { done, value } = await this.#reports.read();
      if (done) throw new Error(`its process ended: ${lastWords(await this.#complaint)}`);
      if (value.startsWith(MARK)) return JSON.parse(value.slice(MARK.length));
    }
  }
}

/** Returns the most informative line of an error output. */
function lastWords(complaint: string): string {
  // deno-lint-ignore no-control-regex
  const lines = complaint.replace(/\u001b\[[\d;]*m/g, "").split("\n").map((line) => line.trim());
  const said = lines.find((line) => /error|panic/i.test(line)) ?? lines.find((line) => line !== "");
  return withoutPaths(said ?? "without a word");
}

/** Removes paths, as they contain private details of this machine. */
function withoutPaths(text: string): string {
  return text.replace(/(file:\/\/)?(\/[\w.@+-]+){2,}\//g, "").slice(0, 200);
}
