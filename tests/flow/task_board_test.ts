// A revoked activation goes back to the queue that it was taken from.

import { Flow } from "@millrace/flow";
import type { Binding } from "@millrace/flow/pool";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { ActivationTask, type TaskHost } from "../../src/flow/activation_task.ts";
import { Interruptions } from "../../src/flow/interruptions.ts";
import { TaskBoard } from "../../src/flow/task_board.ts";
import { of, until } from "../durable/until.ts";
import { Bench, emits } from "../engine/harness.ts";
import { HandPool } from "../failure/hand_pool.ts";
import { collector } from "../routines/basics.ts";

const binding: Binding = { routine: collector, config: {}, flowId: "flow", routineId: "source" };

for (const isInterrupted of [false, true]) {
  const what = isInterrupted ? "an interrupted attempt" : "an activation";
  Deno.test(`TaskBoard.revoke() puts ${what} back into its queue`, () => {
    const pool = new HandPool();
    const bench = new Bench({ isSequential: true, policy: { onError: { strategy: "retry" } } });
    const interruptions = new Interruptions(pool);
    const board = new TaskBoard(pool, bench.engine, interruptions);
    bench.start();
    const source = isInterrupted ? interruptions : bench.engine;
    const taskOf = ({ job, live }: Pick<ActivationTask, "job" | "live">, isAgain: boolean) =>
      new ActivationTask({} as TaskHost, job, live, binding, false, isAgain);
    if (isInterrupted) {
      const taken = bench.engine.take();
      assert(taken !== undefined);
      const task = taskOf(taken, false);
      bench.do(task.job, { type: "begin", activationId: task.activationId, workerId: "w1" });
      interruptions.add(task);
    }
    const taken = source.take();
    assert(taken !== undefined);
    board.add(taskOf(taken, isInterrupted));
    assertEquals([board.revoke(taken.job, taken.live), source.take()?.live], [false, taken.live]);
    assertEquals([board.size, source.take()], [0, undefined]);
  });
}

for (const taken of [1, 4, 8]) {
  Deno.test(`TaskBoard.revokeJob() restores the order of a queue from which ${taken} of 8 were taken`, () => {
    const pool = new HandPool();
    const bench = new Bench({ policy: { onError: { strategy: "retry", delay: 0 } } });
    const board = new TaskBoard(pool, bench.engine, new Interruptions(pool));
    const add = () => {
      const next = bench.engine.take();
      assert(next !== undefined);
      board.add(new ActivationTask({} as TaskHost, next.job, next.live, binding, false, false));
      return next.live;
    };
    const job = bench.start("fans out");
    bench.complete(job, bench.take(), emits(1, 2, 3, 4, 5, 6, 7, 8));
    // The first is failed and queued again, at the end of the queue: its order is not that of its first queueing.
    const [{ activationId } = { activationId: "" }] = bench.queued(job);
    bench.fail(job, bench.take());
    const order = bench.queued(job).map((one) => one.activationId);
    assertEquals(order[0], activationId);
    const ids = () => {
      const lives = Array.from({ length: 8 }, add);
      return lives.map(({ activation }) => activation.activationId);
    };
    const expected = ids();
    assertEquals(expected.at(-1), activationId);
    assert(board.revokeJob(job));
    assertEquals(board.size, 0);
    for (let i = 0; i < taken; i++) add();
    assert(board.revokeJob(job));
    assertEquals(ids(), expected);
  });
}

Deno.test("TaskBoard.revokeJob() leaves the tasks of other jobs", () => {
  const pool = new HandPool();
  const bench = new Bench();
  const board = new TaskBoard(pool, bench.engine, new Interruptions(pool));
  const [first, second] = [bench.start("a"), bench.start("b")];
  for (let i = 0; i < 2; i++) {
    const { job, live } = bench.engine.take()!;
    board.add(new ActivationTask({} as TaskHost, job, live, binding, false, false));
  }
  assert(board.revokeJob(second));
  assertEquals([board.size, board.revokeJob(second), board.revokeJob(first)], [1, false, true]);
});

for (const executionStrategy of ["sequential", "concurrent"] as const) {
  Deno.test(`Policy.queueTimeout requeues a ${executionStrategy} job after each retry`, async () => {
    const pool = new HandPool();
    const onError = { strategy: "retry", maxRetries: 1_000, delay: 0 } as const;
    const flow = new Flow({ pool, executionStrategy, queueTimeout: 1, onError })
      .add("collector", collector);
    const job = flow.start("collector.item", 1);
    for (let retries = 1; retries <= 3; retries++) {
      const task = pool.take();
      assertEquals(task?.attempt, 1, `before retry ${retries}`);
      await until(flow.events(), of("activation_retrying"));
      assertStrictEquals(pool.revoked.at(-1), task);
    }
    pool.complete();
    await job.waitForCompletion();
    assertEquals(job.status, "completed");
    await flow.close();
  });
}
