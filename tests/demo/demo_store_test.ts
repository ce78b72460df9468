import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { SqliteStore } from "@millrace/flow/sqlite";
import { Folder } from "../store/folder.ts";
import { demoCommand, runDemo, spawn } from "./demo_process.ts";

/** Three jobs that keep two workers busy for about a second. */
const JOBS = ["--jobs", "3", "--interval", "50"];

/** Starts the demo on a file and stops it once some activations have committed. */
async function stopHalfWay(path: string, signal: Deno.Signal, permissions: readonly string[]) {
  const demo = spawn(demoCommand({ args: ["--store", path, ...JOBS], permissions }));
  let stdout = "";
  for await (const text of demo.stdout.pipeThrough(new TextDecoderStream())) {
    const isHalfWay = (shown: string) => /done +[2-4] of/.test(shown);
    if (!isHalfWay(stdout) && isHalfWay(stdout + text)) demo.kill(signal);
    stdout += text;
  }
  const stderr = await new Response(demo.stderr).text();
  return { stdout, stderr, status: await demo.status };
}

function inFolder(folder: Folder) {
  const path = folder.path("jobs.db");
  const parent = path.slice(0, path.lastIndexOf("/"));
  return { path, permissions: [`--allow-read=.,${parent}`, `--allow-write=${parent}`] };
}

for (const signal of ["SIGINT", "SIGKILL"] as const) {
  Deno.test(`--resume finishes jobs stopped by ${signal}`, async () => {
    using folder = new Folder();
    const { path, permissions } = inFolder(folder);
    const stopped = await stopHalfWay(path, signal, permissions);
    if (signal === "SIGINT") {
      assertEquals(stopped.status.code, 130);
      assertEquals(
        stopped.stderr,
        `demo: interrupted: the jobs are kept; go on with deno task demo --store ${path} --resume\n`,
      );
      assertMatch(stopped.stdout, /^ +unfinished +3 +kept, to go on from$/m);
    }
    const before = executed(path);
    assert(before.size > 0 && before.size < 15, `${before.size} executed`);

    const args = ["--store", path, "--resume", "--interval", "50"];
    const resumed = await runDemo({ args, permissions });
    assertEquals([resumed.code, resumed.stderr], [0, ""]);
    assertStringIncludes(resumed.stdout, `jobs      those of ${path}`);
    assertMatch(resumed.stdout, /5 Summary ─+\n +jobs +3\n +completed +3\n +failed +0\n +wall/);
    assertEquals(resumed.stdout.match(/^ +final report\n +verdict +valid$/gm)?.length, 3);
    // Activations that had committed are in the history, and were not executed again.
    assertEquals(executed(path).size, 15);
    assertMatch(
      resumed.stdout,
      new RegExp(`^ +${15 - before.size} bars, at most 2 at once; the limit is 2\\.$`, "m"),
    );

    const refused = await runDemo({ args: ["--store", path], permissions });
    assertEquals([refused.code, refused.stdout], [2, ""]);
    assertMatch(refused.stderr, /^demo: --store .+ holds 3 jobs, of which 0 have not ended; .+\n$/);
  });
}

/** The activations that have committed in a file. */
function executed(path: string): Set<string> {
  using store = new SqliteStore(path, { readOnly: true });
  const streams = store.jobs().flatMap(({ jobId }) => store.read(jobId)?.events ?? []);
  return new Set(
    streams.flatMap((event) => event.type === "activation_completed" ? [event.activationId] : []),
  );
}

Deno.test("--store refuses an unusable file before the run", async () => {
  using folder = new Folder();
  const { path, permissions } = inFolder(folder);
  const resume = await runDemo({ args: ["--store", path, "--resume"], permissions });
  assertEquals([resume.code, resume.stdout], [2, ""]);
  assertMatch(
    resume.stderr,
    /^demo: --store .+ is not there to go on from; leave --resume out .+\n$/,
  );
  const denied = await runDemo({ args: ["--store", path] });
  assertEquals([denied.code, denied.stdout], [2, ""]);
  assertMatch(denied.stderr, /^demo: --store .+ needs permission to read .+ --allow-read\n$/);
});

Deno.test("--resume refuses --chaos for jobs without it", async () => {
  using folder = new Folder();
  const { path, permissions } = inFolder(folder);
  await stopHalfWay(path, "SIGKILL", permissions);
  const args = ["--store", path, "--resume", "--chaos", "0.5"];
  const { code, stderr } = await runDemo({ args, permissions });
  assertEquals(code, 2);
  assertMatch(stderr, /^demo: --store .+ was begun without --chaos; resume it the same way\n$/);
});
