// The example of a pool of processes, as its readers run it.

import { assertEquals } from "@std/assert";
import { HANGS } from "../routines/latches.ts";
import { inheritedStdFlags } from "../../tools/std_flags.ts";

const ROOT = new URL("../../", import.meta.url);

function run(path: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ...inheritedStdFlags(), path],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("examples/process_worker.ts prints what its comment says", async () => {
  const { code, stdout, stderr } = await run("examples/process_worker.ts").output();
  const text = new TextDecoder();
  const [, said] = (await Deno.readTextFile(new URL("examples/process_worker.ts", ROOT)))
    .match(/console\.log\(.*\); \/\/ (.*)/) ?? [];
  assertEquals([code, text.decode(stderr), text.decode(stdout)], [0, "", `${said}\n`]);
});

Deno.test("examples/process_worker.ts ends a worker that never yields after its pool", async () => {
  const host = run("tests/pool/spinning_host.ts");
  const reader = host.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const pid = Number((await reader.read()).value);
  host.kill("SIGKILL");
  await reader.cancel();
  // The worker has inherited this output, which ends when both processes have ended.
  const ended = new Response(host.stderr).text();
  let isLeft = false;
  const timer = setTimeout(() => {
    isLeft = true;
    Deno.kill(pid, "SIGKILL");
  }, HANGS);
  await ended;
  clearTimeout(timer);
  await host.status;
  assertEquals(isLeft, false);
});
