import { WorkerPool } from "@millrace/flow/pool";
import { assertEquals } from "@std/assert";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, countOf, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { bind, outcomes, TestSource, TestTask } from "./tasks.ts";
import { until } from "./until.ts";

const hold = bind(gate);

/** Tasks that hold their thread no time at all. */
function quick(count: number): TestTask[] {
  const latches = newLatches();
  arrive(latches, RELEASED);
  return Array.from({ length: count }, (_, i) => new TestTask(`${i}`, hold, "spin", { latches }));
}

Deno.test("WorkerPool executes tasks queued behind unreported results", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2, concurrency: 4 });
  await pool.load([hold], 2);
  // Two at once: the worker that is left to it executes both.
  const source = new TestSource(pool, 2);
  const other = Object.assign(new TestSource(pool, 1), { concurrency: 2 });
  for (let round = 0; round < 20; round++) {
    // Enough that the workers are known to be quick, and hold results back.
    const known = quick(300);
    source.add(...known);
    await outcomes(known);
    const [latches, waiting] = [newLatches(), newLatches()];
    const held = [1, 2].map((n) => new TestTask(`${n}`, hold, "hold", { latches: waiting }));
    other.add(...held);
    await reached(waiting, ARRIVED, 2);

    const spin = new TestTask("spin", hold, "spin", { latches });
    const before = quick(3 + round % 5);
    const after = quick(4 + round);
    source.add(...before, spin, ...after);
    await reached(latches, ARRIVED);
    arrive(waiting, RELEASED, 2);
    await outcomes(held);
    const isOver = (task: TestTask) => [undefined, "ended"].includes(pool.stateOf(task));
    await until(() => [...before, ...after].every(isOver));
    assertEquals(countOf(latches, RELEASED), 0);
    arrive(latches, RELEASED);
    await outcomes([spin, ...before, ...after]);
  }
});
