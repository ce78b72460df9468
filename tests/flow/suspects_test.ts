import { assert, assertEquals } from "@std/assert";
import type { Job, LiveActivation } from "../../src/engine/job.ts";
import { Suspects } from "../../src/flow/suspects.ts";

/** An activation of a job, with the states in which `Suspects` looks at them. */
function activation(status = "running", state = "queued") {
  const job = { status } as { -readonly [Key in keyof Job]: Job[Key] };
  const live = { state } as { -readonly [Key in keyof LiveActivation]: LiveActivation[Key] };
  return { job, live };
}

Deno.test("Suspects.mayBegin() lets a suspect begin when nothing else is executed", () => {
  const suspects = new Suspects(() => {});
  const { job, live } = activation();
  suspects.add(live);
  assert(!suspects.mayBegin(job, live, 1));
  assert(suspects.isBusy(1));
  assert(!suspects.isBusy(0));
  assert(suspects.mayBegin(job, live, 0));
  live.state = "executing";
  suspects.begun(live);
  assert(suspects.isBusy(1));
  suspects.left(live);
  assert(!suspects.isBusy(1));
  suspects.close();
});

Deno.test("Suspects.isExclusive becomes false when the suspect is no longer due", () => {
  const ends: Record<string, (one: ReturnType<typeof activation>) => void> = {
    cancelled: ({ live }) => live.state = "ended",
    paused: ({ job }) => job.status = "paused",
  };
  for (const [name, end] of Object.entries(ends)) {
    let changes = 0;
    const suspects = new Suspects(() => changes++);
    const one = activation();
    suspects.add(one.live);
    suspects.mayBegin(one.job, one.live, 1);
    assertEquals([suspects.isExclusive, changes], [true, 1], name);
    end(one);
    assertEquals([suspects.isExclusive, changes], [false, 2], name);
  }
});

Deno.test("Suspects.mayBegin() lets a suspect begin beside others that do not end", async () => {
  const changed = Promise.withResolvers<void>();
  const suspects = new Suspects(() => suspects.isExclusive || changed.resolve(), 1);
  const { job, live } = activation();
  suspects.add(live);
  assert(!suspects.mayBegin(job, live, 1));
  // The timer lets a program end.
  using _ = { [Symbol.dispose]: clearInterval.bind(undefined, setInterval(() => {}, 1_000)) };
  await changed.promise;
  assert(!suspects.isBusy(1));
  assert(suspects.mayBegin(job, live, 1));
});

Deno.test("Suspects.begun() lets others begin beside a suspect that does not end", async () => {
  const changed = Promise.withResolvers<void>();
  const suspects = new Suspects(() => suspects.isExclusive || changed.resolve(), 1);
  const { job, live } = activation();
  suspects.add(live);
  assert(suspects.mayBegin(job, live, 0));
  live.state = "executing";
  suspects.begun(live);
  using _ = { [Symbol.dispose]: clearInterval.bind(undefined, setInterval(() => {}, 1_000)) };
  await changed.promise;
  assert(!suspects.isBusy(1));
});

Deno.test("Suspects.left() leaves an interrupted suspect to be executed alone again", () => {
  const suspects = new Suspects(() => {});
  const { job, live } = activation();
  suspects.add(live);
  suspects.mayBegin(job, live, 0);
  suspects.begun(live);
  suspects.left(live);
  assert(!suspects.mayBegin(job, live, 1));
  suspects.ended(live);
  assert(suspects.mayBegin(job, live, 1));
  suspects.close();
});
