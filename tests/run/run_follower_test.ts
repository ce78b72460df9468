import { assert, assertEquals, assertThrows } from "@std/assert";
import { Flow } from "@millrace/flow";
import { SqliteStore } from "@millrace/flow/sqlite";
import { flowSource } from "../../src/run/flow_source.ts";
import { RunFollower } from "../../src/run/run_follower.ts";
import type { RunSource } from "../../src/run/run_source.ts";
import { fibonacci, total } from "../../examples/fibonacci.ts";

function numbers(options: ConstructorParameters<typeof Flow>[0] = {}) {
  return new Flow({ id: "numbers", maxWorkers: 2, ...options })
    .add("fibonacci", fibonacci)
    .add("total", total)
    .connect("fibonacci.result", "total.number");
}

Deno.test("RunFollower counts what happens after it began, and before", async () => {
  await using flow = numbers();
  await Promise.all([5, 6, 7].map((n) => flow.execute("fibonacci.n", n)));
  using follower = new RunFollower(flowSource(flow));
  await follower.caughtUp;
  const before = follower.snapshot();
  assertEquals([before.jobs.completed, before.totals.completed], [3, 6]);
  await Promise.all([5, 6, 7].map((n) => flow.execute("fibonacci.n", n)));
  const { jobs, totals, connections, routines, status } = follower.snapshot();
  assertEquals([jobs.completed, totals.completed, status], [6, 12, "running"]);
  assertEquals(connections.map(({ delivered }) => delivered), [6]);
  assertEquals(routines.map(({ routineId, completed }) => [routineId, completed]), [
    ["fibonacci", 6],
    ["total", 6],
  ]);
  assertEquals(follower.rows({ limit: 1 }).total, 6);
});

Deno.test("RunFollower folds the events of a flow once for all views that need the same", async () => {
  await using flow = numbers();
  let opened = 0;
  const source = () => {
    const own = flowSource(flow);
    const open: RunSource["open"] = (onEvent) => {
      opened++;
      return own.open(onEvent);
    };
    return { ...own, graph: own.graph, status: own.status, open };
  };
  {
    using first = new RunFollower(source(), { history: false, expectedJobs: 4 });
    using second = new RunFollower(source());
    await flow.execute("fibonacci.n", 5);
    assertEquals([first, second].map((view) => view.snapshot().jobs.completed), [1, 1]);
    assertEquals([first, second].map((view) => view.snapshot().expectedJobs), [4, undefined]);
    assertEquals(opened, 1);
    first[Symbol.dispose]();
    await flow.execute("fibonacci.n", 6);
    assertEquals(second.snapshot().jobs.completed, 2);
  }
  // Nobody looked any more, so that this one begins anew, and without the jobs that have ended.
  using third = new RunFollower(source(), { history: false });
  await third.caughtUp;
  assertEquals([third.snapshot().jobs.completed, opened], [0, 2]);
  using fourth = new RunFollower(source());
  await fourth.caughtUp;
  assertEquals([fourth.snapshot().jobs.completed, opened], [2, 3]);
});

Deno.test("RunFollower leaves out ended jobs without history, and has running ones whole", async () => {
  await using flow = numbers();
  await flow.execute("fibonacci.n", 5);
  flow.pause();
  const job = flow.start("fibonacci.n", 6);
  await flow.flush();
  using follower = new RunFollower(flowSource(flow), { history: false });
  await follower.caughtUp;
  assertEquals(follower.rows().rows.map(({ jobId, queued }) => [jobId, queued]), [[job.jobId, 1]]);
  flow.resume();
  await job.waitForCompletion();
  assertEquals(follower.snapshot().totals.completed, 2);
});

Deno.test("RunFollower.closed resolves when the flow is closed, and its numbers remain", async () => {
  const flow = numbers();
  using follower = new RunFollower(flowSource(flow));
  await flow.execute("fibonacci.n", 5);
  await flow.close();
  await follower.closed;
  const { jobs, status } = follower.snapshot();
  assertEquals([jobs.completed, status], [1, "closed"]);
  using late = new RunFollower(flowSource(flow));
  await late.closed;
  assertEquals(late.snapshot().status, "closed");
});

Deno.test("RunFollower reads events from the store that its stream does not have", async () => {
  await using flow = numbers();
  const source = flowSource(flow);
  let lost = 0;
  const lossy: RunSource = {
    ...source,
    flow: undefined,
    status: "running",
    graph: source.graph,
    open(onEvent) {
      let count = 0;
      return source.open((event) => {
        if (count++ % 3 > 0 || event.type === "job_completed") onEvent(event);
        else lost++;
      });
    },
  };
  using follower = new RunFollower(lossy);
  await Promise.all(Array.from({ length: 20 }, (_, n) => flow.execute("fibonacci.n", n)));
  const { jobs, totals } = await settled(follower);
  using whole = new RunFollower(source);
  await whole.caughtUp;
  const expected = whole.snapshot();
  assert(lost > 0);
  assertEquals({ jobs, totals }, { jobs: expected.jobs, totals: expected.totals });
});

Deno.test("RunFollower has the events that come while the history is read", async () => {
  await using flow = numbers();
  await Promise.all(Array.from({ length: 200 }, (_, n) => flow.execute("fibonacci.n", n % 9)));
  flow.pause();
  const jobs = Array.from({ length: 50 }, (_, n) => flow.start("fibonacci.n", n % 9));
  await flow.flush();
  using follower = new RunFollower(flowSource(flow));
  flow.resume();
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  await follower.caughtUp;
  const { jobs: counts, totals } = follower.snapshot();
  assertEquals([counts.completed, totals.completed, totals.queued], [250, 500, 0]);
});

Deno.test("RunFollower follows a flow with a journal", async () => {
  const file = await Deno.makeTempFile({ suffix: ".db" });
  await Deno.remove(file);
  using store = new SqliteStore(file);
  {
    await using flow = numbers({ store });
    await flow.execute("fibonacci.n", 5);
  }
  await using flow = numbers({ store });
  using follower = new RunFollower(flowSource(flow));
  await follower.caughtUp;
  await flow.execute("fibonacci.n", 6);
  assertEquals(follower.snapshot().jobs.completed, 2);
});

Deno.test("RunFollower leaves out a job that the store cannot read, and goes on", async () => {
  await using flow = numbers();
  for (const jobId of ["a", "b", "c"]) await flow.execute("fibonacci.n", 5, { jobId });
  const source = flowSource(flow);
  for (const history of [true, false]) {
    let isBroken = true;
    const refuse = (jobId: string) => {
      if (jobId === "b" && isBroken) throw new Error("a record is damaged");
    };
    using follower = new RunFollower({
      ...source,
      graph: source.graph,
      eventsOf(jobId, after) {
        refuse(jobId);
        return source.eventsOf(jobId, after);
      },
      job(jobId) {
        refuse(jobId);
        return source.job(jobId);
      },
    }, { history });
    await follower.caughtUp;
    assertEquals(follower.rows().total, history ? 2 : 0);
    isBroken = false;
  }
});

Deno.test("RunFollower reports a store that cannot be read to its views, and goes on later", async () => {
  await using flow = numbers();
  const source = flowSource(flow);
  let failures = 3;
  const { promise: passed, resolve } = Promise.withResolvers<void>();
  using follower = new RunFollower({
    ...source,
    graph: source.graph,
    open(onEvent) {
      const stream = source.open(onEvent);
      return {
        ...stream,
        poll() {
          if (failures-- > 0) throw new Error("the file is locked");
          resolve();
          stream.poll();
        },
        [Symbol.dispose]: () => stream[Symbol.dispose](),
      };
    },
  });
  assertThrows(() => follower.snapshot(), Error, "locked");
  await flow.execute("fibonacci.n", 5);
  await passed;
  assertEquals(follower.snapshot().jobs.completed, 1);
});

/** Waits until a follower has read the events that its stream does not have. */
async function settled(follower: RunFollower) {
  for (;;) {
    const snapshot = follower.snapshot();
    if (snapshot.jobs.completed === 20) return snapshot;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("RunFollower goes on past jobs that cannot be read", async () => {
  await using flow = numbers();
  for (const n of [5, 6, 7]) await flow.execute("fibonacci.n", n, { jobId: `job_${n}` });
  const source = flowSource(flow);
  for (const history of [true, false]) {
    const damaged: RunSource = {
      ...source,
      status: "running",
      graph: source.graph,
      eventsOf(jobId, after) {
        if (jobId === "job_6") throw new Error("damaged");
        return source.eventsOf(jobId, after);
      },
      job(jobId) {
        if (jobId === "job_6") throw new Error("damaged");
        return source.job(jobId);
      },
    };
    using follower = new RunFollower(damaged, { history });
    await follower.caughtUp;
    assertEquals(follower.snapshot().jobs.completed, history ? 2 : 0);
  }
});

Deno.test("RunFollower goes on after its stream could not be read", async () => {
  await using flow = numbers();
  const source = flowSource(flow);
  let isBroken = false;
  let attempts = 0;
  const broken: RunSource = {
    ...source,
    status: "running",
    graph: source.graph,
    open(onEvent) {
      const stream = source.open(onEvent);
      return {
        closed: stream.closed,
        poll() {
          attempts++;
          if (isBroken) throw new Error("removed");
          stream.poll();
        },
        [Symbol.dispose]: () => stream[Symbol.dispose](),
      };
    },
  };
  using follower = new RunFollower(broken);
  isBroken = true;
  attempts = 0;
  await flow.execute("fibonacci.n", 5);
  while (attempts < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  assertThrows(() => follower.snapshot(), Error, "removed");
  isBroken = false;
  assertEquals(follower.snapshot().jobs.completed, 1);
  isBroken = true;
});

Deno.test("RunFollower opens nothing if the jobs cannot be listed", async () => {
  await using flow = numbers();
  const source = flowSource(flow);
  let open = 0;
  const unreadable: RunSource = {
    ...source,
    status: "running",
    graph: source.graph,
    latestIds() {
      throw new Error("unreadable");
    },
    open(onEvent) {
      const stream = source.open(onEvent);
      open++;
      return {
        ...stream,
        [Symbol.dispose]() {
          open--;
          stream[Symbol.dispose]();
        },
      };
    },
  };
  assertThrows(() => new RunFollower(unreadable), Error, "unreadable");
  assertEquals(open, 0);
});
