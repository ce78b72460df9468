import { assert, assertEquals } from "@std/assert";

Deno.test("a program ends though a thread that was given up runs on", async () => {
  const program = new URL("programs/lost_thread.ts", import.meta.url);
  const startedAt = Date.now();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-lock", "--no-check", "--allow-read", program.href],
    stdin: "null",
  }).output();
  assertEquals(new TextDecoder().decode(stderr), "");
  assertEquals(new TextDecoder().decode(stdout), "WorkerLostError\n1\n");
  assertEquals(code, 0);
  // The thread is busy for eight seconds.
  assert(Date.now() - startedAt < 7_000);
});
