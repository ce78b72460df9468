// The monitor of a program whose output is not a terminal.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { inheritedStdFlags } from "../../tools/std_flags.ts";
import type { Program } from "./program/main.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** A program that takes longer is kept alive by something. */
const HANGS = 120_000;

/** Returns the words that run the program of the tests. */
function wordsOf(program: Program): string[] {
  const flags = ["--quiet", "--no-prompt", "--no-check", "--allow-read", ...inheritedStdFlags()];
  return ["run", ...flags, "tests/monitor/program/main.ts", JSON.stringify(program)];
}

/** Runs a command to its end. */
async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, DENO_COVERAGE_DIR: ____, ...rest } = Deno.env
    .toObject();
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd: ROOT,
    env: { ...rest, DENO_NO_UPDATE_CHECK: "1", ...env },
    clearEnv: true,
    stdin: "null",
    signal: AbortSignal.timeout(HANGS),
  }).output();
  const text = new TextDecoder();
  return { code, lines: text.decode(stdout).trim().split("\n"), errors: text.decode(stderr) };
}

Deno.test("monitor() prints plain lines when piped", async () => {
  const program: Program = { jobs: 6, logs: 3, interval: 50, work: { ms: 20, fails: 1 } };
  const { code, lines, errors } = await run(Deno.execPath(), wordsOf(program));
  assertEquals([code, errors], [0, ""]);
  assert(!lines.join("").includes("\u001b"));
  assertEquals(lines.filter((line) => line.startsWith("<main")).length, 3);
  const failed = lines.filter((line) => line.startsWith("failed "));
  assertEquals(failed.length, 6);
  assertMatch(failed[0] ?? "", /^failed job_00\d: parse TypeError: part 1 has no key$/);
  const [last, end] = lines.slice(-2);
  assertMatch(last ?? "", /^orders .* 6 of 6 jobs ended, 6 failed; closed$/);
  assertEquals(end, "<the end>");
  assert(lines.filter((line) => line.startsWith("orders ")).length > 2, lines.join("\n"));
});

Deno.test("monitor() prints coloured lines when piped under FORCE_COLOR", async () => {
  const [command, ...words] = wordsOf({ jobs: 1, work: { ms: 1 } });
  const args = [command ?? "", "--allow-env=FORCE_COLOR", ...words];
  const { lines } = await run(Deno.execPath(), args, { FORCE_COLOR: "1" });
  assert(lines.join("").includes("\u001b[1morders\u001b[22m"), lines.join("\n"));
});

Deno.test("monitor() writes a last JSON line at any end", async () => {
  for (const [end, code, status] of [["close", 0, "closed"], ["exit", 3, "running"]] as const) {
    const program: Program = {
      jobs: 3,
      logs: 10,
      renderer: "json",
      interval: 30,
      end,
      work: { ms: 9 },
    };
    const { lines, ...ended } = await run(Deno.execPath(), wordsOf(program));
    assertEquals([ended.code, ended.errors], [code, ""]);
    const snapshots = lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
    assert(snapshots.length > 2);
    assertEquals(snapshots.at(-1).status, status);
    assertEquals(snapshots.at(-1).flowId, "orders");
  }
});

Deno.test("monitor() writes to the stream that is wanted", async () => {
  const program: Program = { jobs: 1, work: { ms: 1 }, output: "stderr" };
  const piped = await run(Deno.execPath(), wordsOf(program));
  assertEquals(piped.lines, ["<the end>"]);
  assertMatch(piped.errors, /^orders .* 1 of 1 jobs ended; closed$/m);
  const silent = await run(Deno.execPath(), wordsOf({ ...program, renderer: "silent" }));
  assertEquals([silent.lines, silent.errors], [["<the end>"], ""]);
});

Deno.test({
  name: "monitor() does not mind a reader that has gone",
  ignore: Deno.build.os === "windows",
  async fn() {
    for (const renderer of ["lines", "json"] as const) {
      const program: Program = { jobs: 30, interval: 5, renderer, work: { ms: 5 } };
      const words = [Deno.execPath(), ...wordsOf(program)].map((word) => `'${word}'`).join(" ");
      const script = `{ ${words}; echo "exit $?" >&2; } | head -n 1`;
      const { lines, errors } = await run("sh", ["-c", script]);
      assertEquals([lines.length, errors], [1, "exit 0\n"]);
    }
  },
});

Deno.test({
  name: "monitor() does not wait for a reader that does not read",
  ignore: Deno.build.os === "windows",
  async fn() {
    // The pipe is full long before the program has ended, which says so on the other stream.
    const program: Program = {
      jobs: 200,
      interval: 1,
      renderer: "json",
      end: "exit",
      logs: 1,
      logMs: 3_000,
      work: { ms: 1 },
    };
    const words = [Deno.execPath(), ...wordsOf(program)].map((word) => `'${word}'`).join(" ");
    const script =
      `{ ${words}; echo "exit $?" >&2; } | { while [ ! -e "$DONE" ]; do sleep 0.1; done; wc -l; }`;
    const done = await Deno.makeTempFile();
    await Deno.remove(done);
    const ended = run("sh", [
      "-c",
      script.replace('echo "exit $?" >&2;', 'echo "exit $?" >&2; touch "$DONE";'),
    ], { DONE: done });
    const { errors, lines } = await ended;
    await Deno.remove(done);
    assertEquals(errors, "exit 3\n");
    assert(Number(lines[0]) > 1);
  },
});

Deno.test("monitor() does not keep the program alive", async () => {
  const module = new URL("../../faces/monitor.ts", import.meta.url).href;
  const flow = new URL("../../mod.ts", import.meta.url).href;
  const code = `
    import { Flow } from "${flow}";
    import { monitor } from "${module}";
    monitor(new Flow());
    monitor(new Flow(), { renderer: "json", interval: 10 });
    console.log("ended");
  `;
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(path, code);
    const args = [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-check",
      "--allow-read",
      ...inheritedStdFlags(),
    ];
    const { code: exitCode, lines } = await run(Deno.execPath(), [...args, path]);
    assertEquals(exitCode, 0);
    assert(lines.includes("ended"));
  } finally {
    await Deno.remove(path);
  }
});
