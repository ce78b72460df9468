import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { cli } from "@millrace/flow/cli";
import { COMMANDS } from "../../src/cli/commands.ts";
import { VERSION } from "../../src/cli/version.ts";
import { runCli } from "./run_cli.ts";

Deno.test("cli() --help lists the commands", async () => {
  const { code, stdout, stderr } = await runCli(["--help"], []);
  assertEquals([code, stderr], [0, ""]);
  for (const { name, summary } of COMMANDS) {
    assertStringIncludes(stdout, `\n  ${name} `);
    assertStringIncludes(stdout, summary);
  }
  assertEquals((await runCli([], [])).stdout, stdout);
});

Deno.test("cli() COMMAND --help lists the options of each command", async () => {
  for (const { name, options } of COMMANDS) {
    for (const flag of ["--help", "-h"]) {
      const { code, stdout, stderr } = await runCli([name, flag], []);
      assertEquals([code, stderr], [0, ""]);
      for (const option of [...options.map(({ name }) => name), "json", "no-color"]) {
        assertMatch(stdout, new RegExp(`^  --${option} `, "m"));
      }
      assert(stdout.split("\n").every(({ length }) => length <= 110));
    }
  }
});

Deno.test("cli() --version prints the version of the package", async () => {
  const { code, stdout } = await runCli(["--version"], []);
  assertEquals([code, stdout], [0, `${config.version}\n`]);
  assertEquals(VERSION, config.version);
});

const WRONG: readonly (readonly [args: readonly string[], message: string])[] = [
  [["veiw", "jobs.db"], `"veiw" is not a command; did you mean view?`],
  [["jobs.db"], `"jobs.db" is not a command; --help lists the commands`],
  [["view", "jobs.db", "--limt", "3"], `"--limt" is not an option of view; did you mean --limit?`],
  [["view", "jobs.db", "-x"], `"-x" is not an option of view; see "view --help"`],
  [["view"], `view needs FILE; see "view --help"`],
  [["rerun", "jobs.db"], `rerun needs FILE and JOB; see "rerun --help"`],
  [["view", "jobs.db", "7"], `view takes FILE, not "7" as well; see "view --help"`],
  [["view", "jobs.db", "--job"], "--job has no value; give it as --job ID"],
  [["view", "jobs.db", "--job", "--json"], "--job has no value; give it as --job ID"],
  [["view", "jobs.db", "--job=a", "--job=b"], "--job is given more than once"],
  [["view", "jobs.db", "--limit", "0"], `--limit is "0"; give it a whole number of at least 1`],
  [["view", "jobs.db", "--limit", "-3"], `"-3" is not an option of view; see "view --help"`],
  [["view", "jobs.db", "--limit=1e3"], `--limit is "1e3"; give it a whole number of at least 1`],
  [
    ["view", "jobs.db", "--status", "fialed"],
    `"fialed" is not a status of a job; did you mean failed?`,
  ],
  [["view", "a.db", "--dashboard=http"], `--dashboard is "http"; give it a port from 0 to 65535`],
  [
    ["view", "a.db", "--dashboard", "65536"],
    `--dashboard is "65536"; give it a port from 0 to 65535`,
  ],
  [["graph", "a.ts", "--format", "dott"], `"dott" is not a format of a graph; did you mean dot?`],
  [["rerun", "jobs.db", "job"], "rerun needs the module of the flow; give it as --module MODULE"],
];

for (const [args, message] of WRONG) {
  Deno.test(`cli() refuses ${args.join(" ")}`, async () => {
    const { code, stdout, stderr } = await runCli(args, ["--allow-read"]);
    assertEquals([code, stdout, stderr], [2, "", `millrace: ${message}\n`]);
  });
}

Deno.test("cli() escapes hostile arguments in its messages", async () => {
  const { code, stderr } = await runCli(["\u001b[31mview\n"], []);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "\\u001b[31mview\\n");
});

Deno.test("cli() returns the exit code", async () => {
  assertEquals(await cli(["view", "/nowhere/jobs.db"]), 1);
});
