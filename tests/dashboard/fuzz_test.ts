import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Flow } from "@millrace/flow";
import { dashboard } from "../../src/dashboard/dashboard.ts";
import { fibonacci } from "../../examples/fibonacci.ts";
import { sharedPool } from "../flow/shared_pool.ts";
import { DashboardClient } from "./dashboard_client.ts";

const pool = sharedPool();

const part = fc.oneof(
  fc.constantFrom(
    "api",
    "flows",
    "fuzzed",
    "jobs",
    "job_1",
    "stream",
    "value",
    "snapshot",
    "actions",
    "metrics",
    "",
    "..",
    "%2e%2e",
    "%",
    "%zz",
    "%ff%fe",
    "%00",
    "__proto__",
    "constructor",
  ),
  fc.string({ maxLength: 20 }).map((text) => text.replaceAll(/[^!-~]/g, "").replaceAll("?", "")),
);
const query = fc.oneof(
  fc.constantFrom(
    "",
    "?",
    "?status=running",
    "?status=none",
    "?offset=-1",
    "?limit=1e9",
    "?limit=99999999999",
    "?after=x",
    "?path=%5B%22data%22%2C%22a%22%5D",
    "?path=%5B%22history%22%2C%22a%22%2C-5%5D",
    "?path=%5B%5D",
    "?path=null",
    "?path=%5B%22event%22%2C-1%5D",
    "?path=%5B%22log%22%2C1.5%5D",
    "?%",
    "?q=%ff",
    `?q=${"x".repeat(20_000)}`,
    "?a?b#c",
  ),
  fc.string({ maxLength: 30 }).map((text) => `?${text.replaceAll(/[^!-~]/g, "")}`),
);
const path = fc.oneof(
  fc.array(part, { maxLength: 7 }).map((parts) => `/${parts.join("/")}`),
  fc.array(part, { maxLength: 3 }).map((parts) => `/api/flows/fuzzed/${parts.join("/")}`),
  fc.constantFrom("*", "//", "/api//flows", "/?", "/api/flows/", "http://evil.example/api/flows"),
);
const method = fc.constantFrom(
  "GET",
  "GET",
  "POST",
  "PUT",
  "HEAD",
  "OPTIONS",
  "DELETE",
  "TRACE",
  "X-Y",
);
const body = fc.oneof(
  fc.constantFrom(
    "",
    "{",
    "null",
    "[]",
    '{"type":"pause"}',
    '{"type":"resume"}',
    '"\\ud800"',
    "1e999",
  ),
  fc.json({ maxDepth: 4 }),
  fc.record({
    type: fc.constantFrom(
      "pause",
      "cancel",
      "rerun",
      "signal",
      "breakpoint",
      "step",
      "toString",
      "__proto__",
    ),
    jobId: fc.anything(),
    from: fc.string(),
    signal: fc.string(),
    payload: fc.jsonValue(),
    isSet: fc.boolean(),
    routineId: fc.string(),
  }, { requiredKeys: [] }).map((action) => {
    try {
      return JSON.stringify(action);
    } catch {
      return "{}";
    }
  }),
).map((text) => String.fromCharCode(...new TextEncoder().encode(text.slice(0, 5_000))));

Deno.test("answerApi() never fails or hangs", async () => {
  await using flow = new Flow({ id: "fuzzed", pool }).add("fibonacci", fibonacci);
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  await flow.execute("fibonacci.n", 5, { jobId: "job_1" });
  const request = fc.record({ method, path, query, body });
  const property = fc.asyncProperty(request, async ({ method, path, query, body }) => {
    const headers = [
      `Host: 127.0.0.1:${view.port}`,
      `Authorization: Bearer ${client.token}`,
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
      "Connection: close",
    ];
    const text = `${method} ${path}${query} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n${body}`;
    const answer = await client.raw(text);
    const status = Number(answer.slice(9, 12));
    assert(
      status >= 200 && status < 500 || status === 0 && method === "TRACE",
      answer.slice(0, 500),
    );
    assert(!/\bat .*\.ts:\d/.test(answer), answer);
  });
  await fc.assert(property, { numRuns: 500 });
  assertEquals((await client.jobs("fuzzed", "q=job_1")).total, 1);
});

Deno.test("answerApi() survives clients that abort their requests", async () => {
  await using flow = new Flow({ id: "aborted", pool }).add("fibonacci", fibonacci);
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  await flow.execute("fibonacci.n", 5, { jobId: "job_1" });
  const paths = ["stream", "snapshot", "jobs", "jobs/job_1", "jobs/job_1/stream", "actions"];
  await Promise.all(Array.from({ length: 120 }, async (_, i) => {
    const post = paths[i % paths.length] === "actions";
    const lines = [
      `${post ? "POST" : "GET"} /api/flows/aborted/${paths[i % paths.length]} HTTP/1.1`,
      `Host: 127.0.0.1:${view.port}`,
      `Authorization: Bearer ${client.token}`,
      ...post ? ["Content-Type: application/json", "Content-Length: 100"] : [],
    ];
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: view.port });
    await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n{`));
    if (i % 2 === 0) await connection.read(new Uint8Array(10));
  }));
  assertEquals((await client.flows()).length, 1);
});
