import { assert, assertEquals, assertMatch } from "@std/assert";
import { Flow } from "@millrace/flow";
import { MemoryStore } from "@millrace/flow/store";
import type { JobDetail } from "../../src/dashboard/api.ts";
import { dashboard } from "../../src/dashboard/dashboard.ts";
import { fibonacci, total } from "../../examples/fibonacci.ts";
import { sharedPool } from "../flow/shared_pool.ts";
import { DashboardClient, until } from "./dashboard_client.ts";
import { shown } from "./shown_routines.ts";

const pool = sharedPool();

function numbers(id = "numbers", options: ConstructorParameters<typeof Flow>[0] = {}) {
  return new Flow({ id, pool, ...options })
    .add("fibonacci", fibonacci)
    .add("total", total)
    .connect("fibonacci.result", "total.number");
}

function showing(id = "showing") {
  return new Flow({ id, pool }).add("shown", shown).add("sink", shown)
    .connect("shown.value", "sink.value");
}

Deno.test("dashboard() shows flows with their jobs", async () => {
  await using flow = numbers("numbers & more/ü");
  await using other = showing("other");
  await using view = dashboard([flow, other]);
  const client = new DashboardClient(view);
  await Promise.all([3, 4, 5].map((n) => flow.execute("fibonacci.n", n, { jobId: `job ${n}/%` })));
  const flows = await client.flows();
  assertEquals(flows.map(({ flowId, canAct, status }) => [flowId, canAct, status]), [
    [flow.id, true, "running"],
    ["other", true, "running"],
  ]);
  assertEquals(flows[0]?.graph.connections.length, 1);
  const { jobs, totals } = await client.snapshot(flow.id);
  assertEquals([jobs.completed, totals.completed], [3, 6]);
  assertEquals((await client.snapshot("other")).jobs.completed, 0);
  const page = await client.jobs(flow.id, "q=JOB%204&status=completed,failed&limit=5");
  assertEquals([page.total, page.rows[0]?.jobId], [1, "job 4/%"]);
  assertEquals((await client.jobs(flow.id, "status=failed")).total, 0);
  const { row, trace, sharedData, history, counts } = await client.job(flow.id, "job 4/%");
  assertEquals([row.status, trace.activations.length, counts.events], ["completed", 2, 6]);
  assertEquals(sharedData, [{ key: "total", value: { text: "3", length: 1 } }]);
  assertEquals(history.map(({ event }) => event).slice(0, 4), [
    "queued",
    "started",
    "emitted",
    "completed",
  ]);
});

const HOSTILE = '<script>alert(1)</script>\u0000\u001b[2J\u202e"';

Deno.test("JobDetail has hostile values as text", async () => {
  await using flow = showing();
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  const value: Record<string, unknown> = {
    [HOSTILE]: HOSTILE,
    ["__proto__"]: 1n,
    map: new Map([[{ a: 1 }, new Set([1, 2])]]),
    bytes: new Uint8Array([1, 2, 255]),
    date: new Date(0),
    error: new RangeError(HOSTILE),
    list: [1, , undefined, null, -0, NaN],
  };
  value.self = value;
  const { jobId } = await flow.execute("shown.value", value);
  const answer = await client.get(client.pathOf(flow.id, jobId));
  assertEquals(answer.headers.get("content-type"), "application/json; charset=utf-8");
  const { sharedData: [data], log, routineStates } = await answer.json();
  const { text } = data.value;
  for (
    const part of [
      "__proto__: 1n",
      "map: Map(1) {",
      "{ a: 1 } => Set(2) { 1, 2 }",
      "bytes: Uint8Array(3) [ 1, 2, 255 ]",
      "date: 1970-01-01T00:00:00.000Z",
      "RangeError: <script>alert(1)</script>\\u0000\\u001b[2J\\u202e",
      "<1 empty item>",
      "-0",
      "self: [Circular]",
    ]
  ) assert(text.includes(part), `${part} is not in ${text}`);
  // deno-lint-ignore no-control-regex
  assert(!/[\u0000\u001b\u202e]/.test(JSON.stringify([text, log, routineStates])));
  assertEquals([log.length, routineStates.length], [2, 2]);
});

Deno.test("JobDetail cuts off a megabyte of text", async () => {
  await using flow = showing();
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  const { jobId } = await flow.execute("shown.value", "x".repeat(1_000_000));
  const detail = await client.job(flow.id, jobId);
  assert(JSON.stringify(detail).length < 30_000);
  const shownValues = [
    detail.sharedData[0]!.value,
    detail.log[0]!.value,
    detail.routineStates[0]!.value,
    detail.history.find(({ event }) => event === "emitted")!.data!,
  ];
  for (const { text, length, more } of shownValues) {
    assert(text.length <= 3_000 && length >= 1_000_002, `${text.length} of ${length}`);
    const whole = await client.value(flow.id, jobId, more!);
    assertEquals(whole.length, length);
    assert(whole.startsWith(text));
  }
  const plain = await client.get(
    `${client.pathOf(flow.id, jobId)}/value?path=%5B%22data%22,%22value%22%5D`,
  );
  assertEquals(plain.headers.get("content-type"), "text/plain; charset=utf-8");
  await plain.body?.cancel();
  for (const path of ['["data","none"]', '["log",99]', '["event",99]', '["payload","none"]']) {
    const none = await client.get(
      `${client.pathOf(flow.id, jobId)}/value?path=${encodeURIComponent(path)}`,
    );
    assertEquals(none.status, 404, path);
    await none.body?.cancel();
  }
});

Deno.test("JobDetail has the payload of an activation that failed", async () => {
  await using flow = showing();
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  const message = `${HOSTILE}${"y".repeat(100_000)}`;
  const { jobId } = await flow.execute("shown.fails", message);
  const { error, failedPayloads, trace, row } = await client.job(flow.id, jobId);
  assertEquals([error?.name, row.status, row.error?.name], ["TypeError", "failed", "TypeError"]);
  assertMatch(error?.message ?? "", /^<script>.*characters\)$/s);
  assertMatch(error?.stack ?? "", /TypeError/);
  assertEquals(failedPayloads[0]?.activationId, trace.activations[0]?.activationId);
  assertMatch(failedPayloads[0]?.value.text ?? "", /^"<script>.*\\u0000/);
  const { failures } = await client.snapshot(flow.id);
  assert(failures[0]!.message.length < 5_000);
  const whole = await client.value(flow.id, jobId, failedPayloads[0]!.value.more!);
  assert(whole.length > 100_000);
});

Deno.test("act() pauses and resumes the flow and its jobs", async () => {
  await using flow = numbers();
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  const paused = await client.act(flow.id, { type: "pause" });
  assertEquals([paused.status, paused.body.message, flow.status], [
    200,
    "The flow is paused.",
    "paused",
  ]);
  const job = flow.start("fibonacci.n", 5, { jobId: "one" });
  await client.act(flow.id, { type: "resume" });
  await job.waitForCompletion();
  // The job must not end before the request arrives.
  flow.stepping.setBreakpoint("fibonacci");
  const other = flow.start("fibonacci.n", 6, { jobId: "two" });
  const { body } = await client.act(flow.id, { type: "pause", jobId: "two" });
  assertEquals([body.message, other.status], ['Job "two" is paused.', "paused"]);
  flow.stepping.setBreakpoint("fibonacci", false);
  await client.act(flow.id, { type: "resume", jobId: "two" });
  flow.stepping.continue("two");
  assertEquals((await other.waitForCompletion()).status, "completed");
});

Deno.test("act() cancels and signals and repeats jobs", async () => {
  await using flow = showing();
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  const job = flow.start("shown.asks", "approved", { jobId: "asking" });
  await until(() => job.waitingFor.length > 0, "the wait");
  assertEquals((await client.job(flow.id, "asking")).waitingFor[0]?.signal, "approved");
  const payload = { by: "<b>me</b>", ["__proto__"]: [1] };
  const sent = await client.act(flow.id, {
    type: "signal",
    jobId: "asking",
    signal: "approved",
    payload,
  });
  assertEquals(sent.body.message, 'Signal "approved" was sent to job "asking".');
  await job.waitForCompletion();
  assertEquals((job.sharedData.answer as { by: string }).by, "<b>me</b>");
  const from = job.executionHistory.findLast(({ event }) => event === "completed")!.activationId;
  const { status, body } = await client.act(flow.id, { type: "rerun", jobId: "asking", from });
  assertEquals(status, 200);
  const again = flow.job(body.jobId!)!;
  await again.waitForCompletion();
  assertEquals(again.status, "completed");
  const waiting = flow.start("shown.asks", "never", { jobId: "waiting" });
  await client.act(flow.id, { type: "cancel", jobId: "waiting", reason: "no need" });
  await waiting.waitForCompletion();
  assertMatch(waiting.error?.message ?? "", /no need/);
});

Deno.test("act() sets breakpoints and steps through a job", async () => {
  await using flow = numbers();
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  const infos: string[] = [];
  const abort = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const { type, data } of client.stream(`/api/flows/${flow.id}/stream`)) {
      if (type === "flow") infos.push(`${data.breakpoints}|${data.stopped.length}`);
      if (infos.at(-1) === "|0" && infos.length > 2) break;
    }
    abort.resolve();
  })();
  await until(() => infos.length > 0, "the first event");
  await client.act(flow.id, { type: "breakpoint", routineId: "total", isSet: true });
  const job = flow.start("fibonacci.n", 5, { jobId: "stepped" });
  await until(async () => (await client.flows())[0]!.stopped.length === 1, "the stop");
  const [stopped] = (await client.flows())[0]!.stopped;
  assertEquals([stopped?.jobId, stopped?.routineId], ["stepped", "total"]);
  await until(() => infos.includes("total|1"), "the event of the stop");
  const step = await client.act(flow.id, { type: "step", jobId: "stepped" });
  assertEquals(step.body.message, 'Job "stepped" begins its next activation.');
  await job.waitForCompletion();
  const none = await client.act(flow.id, { type: "continue", jobId: "stepped" });
  assertEquals([none.status, none.body.message], [
    409,
    'job "stepped" is not stopped at a breakpoint',
  ]);
  await client.act(flow.id, { type: "breakpoint", routineId: "total", isSet: false });
  await abort.promise;
  await reading;
});

Deno.test("act() refuses what is impossible or malformed", async () => {
  await using flow = numbers();
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  await flow.execute("fibonacci.n", 3, { jobId: "done" });
  const cases = [
    [{ type: "cancel", jobId: "none" }, 404, "UnknownJobError"],
    [{ type: "rerun", jobId: "done", from: "none" }, 404, "UnknownActivationError"],
    [{ type: "breakpoint", routineId: "none", isSet: true }, 400, "InvalidOptionError"],
    [{ type: "signal", jobId: "done", signal: "" }, 400, "InvalidOptionError"],
    [{ type: "destroy" }, 400, "RequestError"],
    [{ type: "constructor" }, 400, "RequestError"],
    [{ type: "cancel" }, 400, "RequestError"],
    [{ type: "cancel", jobId: 7 }, 400, "RequestError"],
    [{ type: "pause", jobid: "done" }, 400, "RequestError"],
    [[], 400, "RequestError"],
    [null, 400, "RequestError"],
  ] as const;
  for (const [action, status, name] of cases) {
    const answer = await client.act(flow.id, action as never);
    assertEquals([answer.status, answer.body.name], [status, name], JSON.stringify(action));
  }
  const post = async (body: string, type = "application/json") => {
    const init = { method: "POST", body, headers: { "content-type": type } };
    const answer = await client.get(`/api/flows/${flow.id}/actions`, init);
    await answer.body?.cancel();
    return answer.status;
  };
  assertEquals(await post("{"), 400);
  assertEquals(await post('{"type":"pause"}', "text/plain"), 415);
  assertEquals(await post(`{"type":"${"x".repeat(1_100_000)}"}`), 413);
  assertEquals(flow.status, "running");
  const method = await client.get(`/api/flows/${flow.id}/actions`);
  assertEquals([method.status, method.headers.get("allow")], [405, "POST"]);
  await method.body?.cancel();
});

Deno.test("dashboard() stays readable after its flow is closed", async () => {
  const flow = numbers();
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  await flow.execute("fibonacci.n", 5, { jobId: "last" });
  await flow.close();
  assertEquals((await client.flows()).map(({ status, canAct }) => [status, canAct]), [[
    "closed",
    false,
  ]]);
  // Nobody looked before the end, so only the states of the jobs are left.
  assertEquals((await client.jobs(flow.id, "q=LAST")).rows.map(({ completed }) => completed), [2]);
  const { jobs, totals } = await client.snapshot(flow.id);
  assertEquals([jobs.completed, totals.completed], [1, 2]);
  assertEquals((await client.jobs(flow.id)).total, 1);
  const detail = await client.job(flow.id, "last");
  assertEquals([detail.row.completed, detail.trace.isPartial], [2, true]);
  assertEquals(detail.sharedData.length, 1);
  const { status, body } = await client.act(flow.id, { type: "pause" });
  assertEquals([status, body.name], [409, "ClosedError"]);
});

Deno.test("dashboard() shows the row of a job that the store has dropped", async () => {
  await using flow = numbers("dropping", { store: new MemoryStore({ retention: { jobs: 1 } }) });
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  await client.snapshot(flow.id);
  for (const n of [1, 2, 3]) await flow.execute("fibonacci.n", n, { jobId: `job_${n}` });
  assertEquals((await client.jobs(flow.id)).total, 3);
  const { row, trace } = await client.job(flow.id, "job_1");
  assertEquals([row.completed, trace.isPartial], [2, true]);
  const stream = await client.get(`${client.pathOf(flow.id, "job_1")}/stream`);
  assertEquals(stream.status, 404);
  await stream.body?.cancel();
});

Deno.test("dashboard() lists and opens jobs among ten thousand", async () => {
  await using flow = numbers("many", { store: new MemoryStore({ retention: { jobs: 20_000 } }) });
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  for (let n = 0; n < 10_000; n++) flow.start("fibonacci.n", 3, { jobId: `job_${n}` });
  await until(async () => (await client.snapshot(flow.id)).jobs.completed === 10_000, "all jobs");
  const page = await client.jobs(flow.id, "q=job_99&status=completed&offset=10&limit=20");
  assertEquals([page.total, page.rows.length], [111, 20]);
  assertEquals((await client.job(flow.id, "job_9999")).row.completed, 2);
  assertEquals((await client.jobs(flow.id, "limit=100000")).rows.length, 1_000);
});

Deno.test("Dashboard.close() ends streams and frees the port", async () => {
  await using flow = numbers();
  const view = dashboard(flow);
  const client = new DashboardClient(view);
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { type } of client.stream(`/api/flows/${flow.id}/stream`)) seen.push(type);
  })();
  await until(() => seen.length > 0, "the first event");
  await view.close();
  await reading.catch(() => {});
  await view.close();
  const abort = new AbortController();
  const other = dashboard(flow, { port: view.port, signal: abort.signal });
  abort.abort();
  await until(async () => {
    try {
      await (await fetch(new URL("/", other.url))).body?.cancel();
      return false;
    } catch {
      return true;
    }
  }, "the end of the server");
  await other.close();
});

Deno.test("dashboard() serves its numbers to Prometheus", async () => {
  await using flow = numbers();
  await using other = showing("other");
  await using view = dashboard([flow, other]);
  const client = new DashboardClient(view);
  await flow.execute("fibonacci.n", 5);
  const answer = await client.get("/metrics");
  const text = await answer.text();
  assertMatch(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  assert(text.includes('flow="numbers"') && text.includes('flow="other"'), text.slice(0, 2_000));
  const refused = await fetch(`${client.origin}/metrics`);
  assertEquals(refused.status, 401);
  await refused.body?.cancel();
});

Deno.test("act() refuses what has no effect on a job that has ended", async () => {
  await using flow = numbers();
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  const jobId = "over";
  await flow.execute("fibonacci.n", 5, { jobId });
  for (
    const action of [
      { type: "pause", jobId },
      { type: "resume", jobId },
      { type: "cancel", jobId },
      { type: "signal", jobId, signal: "go" },
    ] as const
  ) {
    const { status, body } = await client.act(flow.id, action);
    assertEquals([status, body.message], [409, 'job "over" has ended: it is completed']);
  }
});

Deno.test("answerApi() finds ids that browsers would remove from a path", async () => {
  await using flow = numbers("..");
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  for (const jobId of [".", "..", "..."]) {
    await flow.execute("fibonacci.n", 5, { jobId });
    const path = jobId === "..." ? jobId : `%00${jobId}`;
    const detail = await client.json<JobDetail>(`/api/flows/%00../jobs/${path}`);
    assertEquals(detail.row.jobId, jobId);
  }
});
