import { assert, assertEquals } from "@std/assert";
import { Flow } from "@millrace/flow";
import { MemoryStore } from "@millrace/flow/store";
import { dashboard } from "../../src/dashboard/dashboard.ts";
import { FollowedRun } from "../../src/dashboard/followed_run.ts";
import { Streams } from "../../src/dashboard/streams.ts";
import { flowStream, jobStream } from "../../src/dashboard/event_streams.ts";
import { flowSource } from "../../src/run/flow_source.ts";
import { collector, emitter, relay } from "../routines/basics.ts";
import { fibonacci } from "../../examples/fibonacci.ts";
import { sharedPool } from "../flow/shared_pool.ts";
import { DashboardClient, type SseEvent, until } from "./dashboard_client.ts";

const pool = sharedPool();

function chain(options: ConstructorParameters<typeof Flow>[0] = {}) {
  return new Flow({ id: "chain", pool, ...options })
    .add("emitter", emitter)
    .add("relay", relay)
    .add("sink", collector)
    .connect("emitter.item", "relay.item")
    .connect("relay.item", "sink.item");
}

Deno.test("jobStream() continues after each lost connection", async () => {
  await using flow = chain();
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  flow.pause();
  const job = flow.start("emitter.items", Array.from({ length: 200 }, (_, i) => i));
  await flow.flush();
  const path = `${client.pathOf(flow.id, job.jobId)}/stream`;
  const seen: SseEvent[] = [];
  let connections = 0;
  const reading = (async () => {
    while (seen.at(-1)?.type !== "end") {
      connections++;
      const last = seen.at(-1)?.id;
      // The connection is cut off after a number of events that differs each time.
      let left = 1 + connections * 7 % 60;
      for await (
        const event of client.stream(path, last === undefined ? {} : { "last-event-id": last })
      ) {
        seen.push(event);
        if (--left === 0) break;
      }
    }
  })();
  await until(() => seen.length > 0, "the first event");
  flow.resume();
  await job.waitForCompletion();
  await reading;
  const { events } = job.counts;
  assert(connections > 10, `${connections} connections`);
  assertEquals(
    seen.filter(({ type }) => type === "job").map(({ id, data }) => [id, data.seq]),
    Array.from({ length: events }, (_, i) => [`${i + 1}`, i + 1]),
  );
  const types = flow.events({ jobId: job.jobId, after: 0 }).take().map(({ type }) => type);
  assertEquals(seen.slice(0, -1).map(({ data }) => data.type), types);
});

Deno.test("jobStream() begins after a given event", async () => {
  await using flow = chain();
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  const job = await flow.execute("emitter.items", [1, 2]);
  const { events } = job.counts;
  const path = `${client.pathOf(flow.id, job.jobId)}/stream`;
  const idsAfter = async (seq: number | string) =>
    (await Array.fromAsync(client.stream(`${path}?after=${seq}`))).map(({ type, id }) =>
      id ?? type
    );
  assertEquals(await idsAfter(events - 2), [`${events - 1}`, `${events}`, "end"]);
  assertEquals(await idsAfter(events), ["end"]);
  assertEquals(await idsAfter(events + 100), ["end"]);
  const invalid = await client.get(`${path}?after=-1`);
  assertEquals(invalid.status, 400);
  await invalid.body?.cancel();
});

Deno.test("flowStream() sends a whole snapshot to each client", async () => {
  await using flow = chain();
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  await flow.execute("emitter.items", [1, 2, 3]);
  const first = async (): Promise<string | undefined> => {
    const types: string[] = [];
    for await (const { type, data } of client.stream("/api/flows/chain/stream")) {
      types.push(type);
      if (type === "snapshot" && data.jobs.completed === 1) return types[0];
    }
    return undefined;
  };
  const clients = Array.from({ length: 20 }, first);
  assertEquals(await Promise.all(clients), Array.from({ length: 20 }, () => "flow"));
});

Deno.test("flowStream() sends waits for limits without an event", async () => {
  await using flow = new Flow({ id: "limited", pool })
    .add("emitter", emitter)
    .add("relay", relay, { rate: { limit: 1, per: 3_600_000 } })
    .connect("emitter.item", "relay.item");
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  const job = flow.start("emitter.items", [1, 2, 3]);
  const isWaiting = () => job.counts.completed === 2 && job.waits[0]?.reason === "rate";
  await until(isWaiting, "the wait for the rate");
  let sent = 0;
  for await (const { type, data } of client.stream("/api/flows/limited/stream")) {
    if (type !== "snapshot" || data.jobs.running === 0 || data.totals.completed < 2) continue;
    const { limited, limits: [limit] } = data.routines[1].waits;
    assertEquals([limited, limit.starts, data.longestJobs[0].waits[0].reason], [2, 1, "rate"]);
    // While activations end, their rate is a reason to send a snapshot each second.
    if (data.rate === 0 && ++sent === 2) break;
  }
  assertEquals(
    (await client.job("limited", job.jobId)).waits.map(({ until: _, ...rest }) => rest),
    [
      { reason: "rate", routineId: "relay", count: 2 },
    ],
  );
  const { rows } = await client.jobs("limited");
  assertEquals(rows[0]?.waits?.[0]?.count, 2);
});

Deno.test("flowStream() ends with its flow", async () => {
  const flow = chain();
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  const events: SseEvent[] = [];
  const reading = (async () => {
    for await (const event of client.stream("/api/flows/chain/stream")) events.push(event);
  })();
  await until(() => events.length > 0, "the first event");
  await flow.execute("emitter.items", [1]);
  await flow.close();
  await reading;
  assertEquals(events.at(-1)?.type, "end");
  const last = events.findLast(({ type }) => type === "snapshot")?.data;
  assertEquals([last.status, last.jobs.completed], ["closed", 1]);
  // The numbers that were followed are still there.
  assertEquals((await client.snapshot("chain")).totals.completed, 3);
});

Deno.test("Streams.answer() produces nothing that the client does not take", async () => {
  await using flow = chain({ store: new MemoryStore({ retention: { jobs: 5_000 } }) });
  const run = new FollowedRun(flowSource(flow));
  const streams = new Streams();
  let produced = 0;
  async function* counted() {
    for await (const event of flowStream({ run, streams, maxQuiet: Infinity })) {
      produced++;
      yield event;
    }
  }
  const reader = streams.answer(counted()).body!.getReader();
  const first = await reader.read();
  assert(first.value!.length > 0);
  await reader.read();
  const before = produced;
  for (let i = 0; i < 200; i++) await flow.execute("emitter.items", [i]);
  assertEquals(produced, before);
  // The next one is a snapshot of now, and not of then.
  const { value } = await reader.read();
  const text = new TextDecoder().decode(value);
  assert(text.includes('"completed":200'), text.slice(0, 500));
  assertEquals(produced, before + 1);
  await reader.cancel();
  run[Symbol.dispose]();
  streams.close();
});

Deno.test("dashboard() tolerates a client that does not read", async () => {
  await using flow = new Flow({ id: "chain", pool })
    .add("emitter", emitter)
    .add("relay", relay)
    .connect("emitter.item", "relay.item");
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  const job = flow.start("emitter.items", Array.from({ length: 4_000 }, () => "x".repeat(2_000)));
  const request = (path: string) =>
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${client.token}\r\n\r\n`;
  using one = await Deno.connect({ hostname: "127.0.0.1", port: view.port });
  using other = await Deno.connect({ hostname: "127.0.0.1", port: view.port });
  await one.write(new TextEncoder().encode(request("/api/flows/chain/stream")));
  await other.write(
    new TextEncoder().encode(request(`${client.pathOf("chain", job.jobId)}/stream`)),
  );
  await job.waitForCompletion();
  assertEquals((await client.job("chain", job.jobId)).row.completed, 4_001);
  // Closing does not wait for them without bound.
  await view.close();
});

Deno.test("FollowedRun follows a flow only while it is used", async () => {
  await using flow = chain();
  let opened = 0;
  const source = flowSource(flow);
  const run = new FollowedRun({
    ...source,
    get status() {
      return source.status;
    },
    open(onEvent) {
      opened++;
      return source.open(onEvent);
    },
  });
  run.info();
  assertEquals([run.isFollowed, opened], [false, 0]);
  const first = run.use();
  const second = run.use();
  assert(first.follower === second.follower);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  assert(run.isFollowed);
  second[Symbol.dispose]();
  run[Symbol.dispose]();
  assertEquals([run.isFollowed, opened], [false, 1]);
});

Deno.test("dashboard() reads no events until a client has connected", async () => {
  await using flow = new Flow({ id: "unwatched", pool }).add("fibonacci", fibonacci);
  const source = flowSource(flow);
  let reads = 0;
  const watched = new Proxy(source, {
    get(target, name) {
      if (name === "open" || name === "eventsOf" || name === "latestIds") reads++;
      return Reflect.get(target, name);
    },
  });
  await using view = dashboard(watched);
  const client = new DashboardClient(view);
  await flow.execute("fibonacci.n", 5);
  await client.flows();
  await (await fetch(`${client.origin}/`)).body?.cancel();
  assertEquals(reads, 0);
  await client.snapshot("unwatched");
  assert(reads > 0);
});

Deno.test("jobStream() tolerates events that the store has dropped", async () => {
  await using flow = chain({ store: new MemoryStore({ retention: { events: 20 } }) });
  const job = await flow.execute("emitter.items", Array.from({ length: 50 }, (_, i) => i));
  const run = new FollowedRun(flowSource(flow));
  const streams = new Streams();
  const text = (await Array.fromAsync(jobStream({ run, streams, maxQuiet: 1e9 }, job.jobId, 0)))
    .join("");
  const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  assertEquals(ids.at(-1), job.counts.events);
  assert(ids[0]! > 1 && text.endsWith("event: end\ndata: {}\n\n"));
});

Deno.test("flowStream() ends after a time without changes", async () => {
  await using flow = chain();
  const run = new FollowedRun(flowSource(flow));
  const streams = new Streams();
  const events = await Array.fromAsync(flowStream({ run, streams, maxQuiet: 0 }));
  assert(events.length >= 2 && !events.at(-1)!.startsWith("event: end"), events.join(""));
  // A job that waits keeps its stream open for longer.
  flow.pause();
  const { jobId } = flow.start("emitter.items", []);
  const stream = jobStream({ run, streams, maxQuiet: 1e9 }, jobId, 0);
  assertEquals((await stream.next()).value, ": \n\n");
  const next = stream.next();
  streams.close();
  await next;
  await stream.return();
  run[Symbol.dispose]();
});
