import { assertEquals, assertStrictEquals } from "@std/assert";
import { Flow } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { reportsReason } from "./abort_reason_routine.ts";

/** Reasons that are no errors, and as what each arrives. */
const REASONS: readonly (readonly [reason: unknown, arrives: unknown])[] = [
  ...[
    { code: 7, at: new Date(5), steps: [1, { map: new Map([["a", 1n]]) }] },
    { name: "Busy", message: "as an error, but none" },
    { cause: { value: 5 }, error: { name: "a" } },
    [1, 2],
    "a text",
    0,
    null,
  ].map((reason) => [reason, reason] as const),
  [Object.assign(Object.create(null), { code: 7 }), { code: 7 }],
  [{ code: 7, retry: Symbol("no"), url: new URL("http://localhost/") }, {
    code: 7,
    retry: "Symbol(no)",
    url: "http://localhost/",
  }],
];

for (const [i, [reason, arrives]] of REASONS.entries()) {
  Deno.test(`RunOptions.signal passes a plain reason to the handler (${i})`, async () => {
    await using pool = new WorkerPool({ maxWorkers: 1, grace: 20_000 });
    const channelName = crypto.randomUUID();
    using channel = listen(channelName);
    const abort = new AbortController();
    const run = pool.run(reportsReason, "channel", channelName, {
      signal: abort.signal,
      onProgress: () => abort.abort(reason),
    });
    // The caller has the very object.
    assertStrictEquals(await run.catch((thrown) => thrown), reason);
    assertEquals((await channel.message).reason, arrives);
  });
}

Deno.test("ctx.signal.reason carries a plain reason as its cause", async () => {
  const reason = REASONS[0]?.[0];
  const how = ["cancel", "cancelActivation", "signal"] as const;
  for (const call of how) {
    await using flow = new Flow({ maxWorkers: 1 }).add("reports", reportsReason);
    const channelName = crypto.randomUUID();
    using channel = listen(channelName);
    const abort = new AbortController();
    const events = flow.events({ jobId: "job" });
    const options = { jobId: "job", signal: abort.signal };
    const job = flow.start("reports.channel", channelName, options);
    const causes: unknown[] = [];
    for await (const event of events) {
      if (event.type === "activation_progressed") {
        if (call === "cancel") flow.cancel(job, reason);
        else if (call === "signal") abort.abort(reason);
        else flow.cancelActivation(job, "job/1", reason);
      }
      if (event.type === "activation_cancelled") causes.push(event.error?.cause);
    }
    assertEquals((await channel.message).cause, reason, call);
    if (call === "cancelActivation") assertEquals(causes, [{ value: reason }]);
    else assertEquals(job.error?.cause, reason);
  }
});

/** Receives the message that a worker posts to a channel. */
function listen(name: string) {
  const channel = new BroadcastChannel(name);
  const message = new Promise<{ reason: unknown; cause: unknown }>((resolve) => {
    channel.onmessage = ({ data }) => resolve(data);
  });
  return { message, [Symbol.dispose]: () => channel.close() };
}
