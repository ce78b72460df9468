import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Options, readOptions } from "../../examples/concurrent_demo/options.ts";

Deno.test("readOptions() defaults to four jobs and two workers", () => {
  assertEquals(optionsOf(), {
    jobs: 4,
    maxWorkers: 2,
    interval: 250,
    strategy: "concurrent",
    invalid: 0,
    chaos: 0,
    seed: 1,
    store: undefined,
    resume: false,
    json: undefined,
    report: undefined,
    dashboard: undefined,
    color: true,
  });
});

Deno.test("readOptions() reads every option", () => {
  const args = "--jobs 40 --max-workers=8 --interval 100 --strategy sequential --invalid 3 " +
    "--chaos .25 --seed 9 --store jobs.db --resume --json out.json --report out.html --dashboard 8080 --no-color";
  assertEquals(optionsOf(...args.split(" ")), {
    jobs: 40,
    maxWorkers: 8,
    interval: 100,
    strategy: "sequential",
    invalid: 3,
    chaos: 0.25,
    seed: 9,
    store: "jobs.db",
    resume: true,
    json: "out.json",
    report: "out.html",
    dashboard: 8080,
    color: false,
  });
});

Deno.test("readOptions() prefers --help to errors", () => {
  for (const help of ["--help", "-h"]) {
    assertEquals(readOptions(["--jobs", "none", help]), { kind: "help" });
  }
});

const BAD: Record<string, RegExp> = {
  "--jobs 0": /^--jobs is "0"; give it a whole number from 1 to 10000$/,
  "--jobs 1.5": /^--jobs is "1\.5"/,
  "--jobs -3": /^--jobs is "-3"/,
  "--jobs 1e2": /^--jobs is "1e2"/,
  "--jobs NaN": /^--jobs is "NaN"/,
  "--jobs": /^--jobs has no value; give it/,
  "--jobs --json out.json": /^--jobs has no value/,
  "--max-workers 1000": /^--max-workers is "1000"; give it a whole number from 1 to 64$/,
  "--interval soon": /^--interval is "soon"/,
  "--strategy random": /^--strategy is "random"; give it concurrent or sequential$/,
  "--invalid 5": /^--invalid is "5"; give it a whole number from 0 to 4$/,
  "--chaos 1.1": /^--chaos is "1\.1"; give it a number from 0 to 1$/,
  "--chaos -1": /^--chaos is "-1"/,
  "--chaos some": /^--chaos is "some"/,
  "--seed x": /^--seed is "x"; give it a whole number/,
  "--store": /^--store has no value; give it the path of a file$/,
  "--resume": /^--resume needs the file to go on from; give it as --store FILE$/,
  "--report": /^--report has no value; give it the path of a file$/,
  "--json": /^--json has no value; give it the path of a file$/,
  "--json a --report ./a": /^--report \.\/a is a file of --json; give it another path$/,
  "--store a --json b/../a": /^--json b\/\.\.\/a is a file of --store; give it another path$/,
  "--store a --resume --report a-wal": /^--report a-wal is a file of --store/,
  "--no-color=1": /^"--no-color=1" is not an option/,
  "--workers 2": /^"--workers" is not an option; --help lists them$/,
  "4": /^"4" is not an option/,
  "-- 4": /^"4" is not an option/,
};

Deno.test("readOptions() explains each bad argument", async (test) => {
  for (const [args, message] of Object.entries(BAD)) {
    await test.step(`readOptions() refuses ${args}`, () => {
      const request = readOptions(args.split(" "));
      assert(request.kind === "error");
      assertMatch(request.message, message);
    });
  }
});

function optionsOf(...args: string[]): Options {
  const request = readOptions(args);
  assert(request.kind === "run");
  return request.options;
}
