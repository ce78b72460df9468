import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { demoCommand, runDemo, spawn } from "./demo_process.ts";

const PERMISSIONS = ["--allow-read=.", "--allow-net=127.0.0.1"];
const ARGS = ["--jobs", "1", "--dashboard"];

Deno.test("--dashboard serves a page until Ctrl-C, also after the end of the jobs", async () => {
  const demo = spawn(demoCommand({ args: ARGS, permissions: PERMISSIONS }));
  let stdout = "";
  let page: Promise<string> | undefined;
  let jobs: Promise<unknown> | undefined;
  for await (const text of demo.stdout.pipeThrough(new TextDecoderStream())) {
    stdout += text;
    const url = /page {6}(http:\/\/127\.0\.0\.1:\d+\/#token=\S+)\n/.exec(stdout)?.[1];
    if (url !== undefined) page ??= fetch(url).then((response) => response.text());
    if (!stdout.includes("stays open until Ctrl-C") || jobs !== undefined) continue;
    jobs = jobsOf(url ?? "");
    await jobs;
    demo.kill("SIGINT");
  }
  const { code } = await demo.status;
  assertEquals([code, await new Response(demo.stderr).text()], [0, ""]);
  assertStringIncludes(await page ?? "", "<!doctype html>");
  assertEquals(await jobs, [{ jobId: "job_1", status: "completed" }]);
  assertMatch(stdout, /5 Summary ─+\n +jobs +1\n +completed +1\n/);
});

Deno.test("--dashboard refuses a run without the permission to serve", async () => {
  const { code, stdout, stderr } = await runDemo({ args: ARGS });
  assertEquals([code, stdout], [2, ""]);
  assertEquals(
    stderr,
    "demo: --dashboard needs permission to serve it; run it with --allow-net=127.0.0.1\n",
  );
});

/** Returns the jobs that the dashboard lists, as its page asks for them. */
async function jobsOf(url: string): Promise<unknown> {
  const token = new URLSearchParams(new URL(url).hash.slice(1)).get("token") ?? "";
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(new URL("/api/flows/readings/jobs", url), { headers });
  const { rows } = await response.json();
  return rows.map(({ jobId, status }: { jobId: string; status: string }) => ({ jobId, status }));
}
