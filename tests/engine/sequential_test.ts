// In a sequential flow, an activation that may be retried blocks the later ones of its job.

import { assertEquals } from "@std/assert";
import { Bench, CANCEL, emits } from "./harness.ts";

const NOW = { strategy: "retry", delay: 0 } as const;
const LATER = { strategy: "retry", delay: 1_000 } as const;

/** A job with three activations queued, which may be tried again. */
function three(onError: typeof NOW | typeof LATER) {
  const bench = new Bench({ isSequential: true, policies: { link: { onError } } });
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1, 2, 3));
  return { bench, job };
}

Deno.test("Engine.take() repeats a retry before later activations", () => {
  const { bench, job } = three(NOW);
  for (let attempt = 1; attempt <= 3; attempt++) {
    assertEquals([bench.take(), bench.take(), bench.engine.ready], ["j/2", undefined, 0]);
    bench.fail(job, "j/2");
  }
  assertEquals(bench.take(), "j/2");
  bench.complete(job, "j/2");
  assertEquals(bench.take(), "j/3");
});

Deno.test("Engine.take() blocks only the job of a retry", () => {
  const { bench, job } = three(LATER);
  bench.take();
  bench.fail(job, "j/2");
  assertEquals([bench.take(), bench.engine.ready], [undefined, 0]);
  bench.start("other");
  assertEquals(bench.take(), "other/1");
  bench.engine.due(job, job.live.get("j/2")!);
  assertEquals([bench.take(), bench.take()], ["j/2", undefined]);
  bench.complete(job, "j/2");
  assertEquals(bench.take(), "j/3");
});

Deno.test("Engine.take() unblocks a job after a dropped retry", () => {
  const { bench, job } = three(LATER);
  bench.take();
  bench.fail(job, "j/2");
  bench.do(job, { type: "drop", activationId: "j/2", error: CANCEL.error });
  assertEquals([bench.engine.ready, bench.take()], [2, "j/3"]);
});

Deno.test("Engine.giveBack() unblocks the job", () => {
  const { bench } = three(NOW);
  const taken = bench.engine.take()!;
  assertEquals(bench.engine.ready, 0);
  bench.engine.giveBack(taken.job, taken.live);
  assertEquals([bench.engine.ready, bench.take()], [3, "j/2"]);
});

Deno.test("Engine.take() blocks the job of a recovered retry", () => {
  const { bench, job } = three(LATER);
  bench.take();
  bench.fail(job, "j/2");
  bench.do(job, { type: "recover" });
  assertEquals([bench.take(), bench.engine.ready], [undefined, 0]);
  bench.engine.due(job, job.live.get("j/2")!);
  assertEquals([bench.take(), bench.take()], ["j/2", undefined]);
});

Deno.test("Engine.take() passes a retry that never began", () => {
  const { bench, job } = three(LATER);
  bench.take();
  bench.fail(job, "j/3");
  bench.complete(job, "j/2");
  assertEquals([bench.take(), bench.take()], ["j/4", undefined]);
  bench.complete(job, "j/4");
  bench.engine.due(job, job.live.get("j/3")!);
  assertEquals(bench.take(), "j/3");
});

Deno.test("Engine.take() runs activations without retries concurrently", () => {
  const bench = new Bench({ isSequential: true });
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1, 2));
  assertEquals([bench.take(), bench.take()], ["j/2", "j/3"]);
});

/** Starts a job with an activation of `link`, which has a rate, and one of `sink` behind it. */
function benchWithRate() {
  const bench = new Bench({
    isSequential: true,
    limits: new Map([["link", {
      concurrency: Infinity,
      isKeyed: false,
      rate: { limit: 1, per: 100 },
    }]]),
    wiring: ["source.output -> link.input", "source.output -> sink.input"],
  });
  const job = bench.start("job");
  bench.complete(job, bench.take(), emits(1));
  return { bench, job };
}

Deno.test("Engine.take() preserves a paused job's order under rates", () => {
  const { bench, job } = benchWithRate();
  for (const jobId of ["before", "after"]) {
    bench.start(jobId, undefined, undefined, { priority: 1 }, "link");
    assertEquals(bench.take(), `${jobId}/1`);
    if (jobId === "after") break;
    assertEquals(bench.take(), undefined);
    bench.do(job, { type: "pause" });
    bench.time += 100;
    bench.fire();
  }
  bench.do(job, { type: "resume" });
  assertEquals(bench.take(), undefined);
  bench.time += 100;
  bench.fire();
  assertEquals([bench.take(), bench.take()], ["job/2", "job/3"]);
});

Deno.test("Engine.giveBack() preserves the order under rates", () => {
  const { bench, job } = benchWithRate();
  const taken = [bench.engine.take(), bench.engine.take()];
  bench.start("other", undefined, undefined, { priority: 1 }, "link");
  assertEquals(bench.take(), undefined);
  for (const one of taken.reverse()) bench.engine.giveBack(job, one!.live);
  assertEquals([bench.take(), bench.take()], ["other/1", undefined]);
  bench.time += 100;
  bench.fire();
  assertEquals([bench.take(), bench.take()], ["job/2", "job/3"]);
});
