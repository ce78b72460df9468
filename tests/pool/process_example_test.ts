// The example of a pool of processes, as its readers run it.

import { assertEquals } from "@std/assert";
import { frameOf, framesOf } from "../../examples/process_worker.ts";
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

Deno.test("framesOf() splits a stream at its messages, however it is divided into chunks", async () => {
  const messages = [0, 1, 5, 70_000, 3].map((length, i) => new Uint8Array(length).fill(i));
  const stream = new Uint8Array(await new Blob(messages.map(frameOf)).arrayBuffer());
  for (const length of [1, 7, 1_000, 65_536, stream.length]) {
    assertEquals(await Array.fromAsync(framesOf(chunksOf(stream, length))), messages);
  }
});

async function* chunksOf(stream: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < stream.length; at += length) yield stream.subarray(at, at + length);
}
