import { assertEquals } from "@std/assert";
import type { Activation, ActivationCompleted, JobEvent } from "../../src/engine/job_event.ts";
import { type Effects, NO_EFFECTS } from "../../src/routine/effects.ts";
import { EventRows } from "../../src/store/event_rows.ts";
import { NameTable } from "../../src/store/name_table.ts";
import { Random } from "../crash/random.ts";

Deno.test("EventRows returns the events that were pushed", () => {
  const random = new Random(14);
  for (let round = 0; round < 200; round++) {
    const events = streamOf(random, 1 + random.integer(40));
    const rows = rowsOf(events);
    assertEquals(rows.after(0)(), events);
    assertEquals(rows.first(), events[0]);
    const after = random.integer(events.length + 2);
    assertEquals(rows.after(after)(), events.slice(after));
  }
});

Deno.test("EventRows.shift() removes the oldest events", () => {
  const random = new Random(15);
  for (let round = 0; round < 100; round++) {
    const events = streamOf(random, 30);
    const rows = rowsOf(events.slice(0, 20));
    const count = random.integer(20);
    rows.shift(count);
    for (const event of events.slice(20)) rows.push(event);
    assertEquals([rows.size, rows.firstSeq], [30 - count, count + 1]);
    assertEquals(rows.after(0)(), events.slice(count));
    assertEquals(rows.after(25)(), events.slice(25));
  }
});

Deno.test("EventRows.after() reads the events that were present, whatever follows", () => {
  const events = streamOf(new Random(16), 30);
  const rows = rowsOf(events.slice(0, 20));
  const read = rows.after(5);
  for (const event of events.slice(20)) rows.push(event);
  rows.shift(10);
  rows.trim();
  assertEquals(read(), events.slice(5, 20));
  assertEquals(rows.after(0)(), events.slice(10));
});

Deno.test("EventRows stores events whose ids or names no row can contain as they are", () => {
  const names = new NameTable();
  for (let i = 0; i < 65_536; i++) names.numberOf(`name_${i}`);
  const started = startedOf("job_1/1", 1);
  for (
    const activationId of ["job_1/01", "job_1/0", "job_1/", "job_1/1x", "job_2/1", "job_1/1e1"]
  ) {
    const event = { ...started, activationId };
    assertEquals(rowsOf([event]).after(0)(), [event]);
  }
  const rows = new EventRows("job_1", names);
  rows.push(started);
  assertEquals(rows.after(0)(), [started]);
});

Deno.test("EventRows preserves the payloads of commits that differ from the plain form in one part", () => {
  const plain = completedOf("job_1/1", 1, "job_1/2");
  const [emit] = plain.effects.emits;
  const [next] = plain.queued;
  const variants: ActivationCompleted[] = [
    { ...plain, unrouted: 1 },
    { ...plain, queued: [] },
    { ...plain, waits: [] },
    { ...plain, queued: [next!, { ...next!, activationId: "job_1/3" }] },
    ...[
      { payload: { n: 1 } },
      { payload: Number.NaN },
      { held: true as const },
      { dueAt: 5 },
      { map: { a: "b" } },
      { event: "other" },
      { from: "job_1/9" },
      { emit: 1 },
      { dropped: true as const },
    ].map((part) => ({ ...plain, queued: [{ ...next!, ...part }] })),
    ...[
      { when: "resumed" as const },
      { delay: 5 },
      { dropped: true as const },
      { transfer: [] },
    ].map((part) => ({ ...plain, effects: { ...plain.effects, emits: [{ ...emit!, ...part }] } })),
    { ...plain, effects: { ...plain.effects, routineState: { a: 1 } } },
    { ...plain, effects: { ...plain.effects, sharedData: [{ key: "a", deleted: true }] } },
  ];
  for (const event of variants) assertEquals(rowsOf([event]).after(0)(), [event]);
});

function rowsOf(events: readonly JobEvent[]): EventRows {
  const rows = new EventRows("job_1", new NameTable());
  for (const event of events) rows.push(event);
  return rows;
}

function streamOf(random: Random, length: number): JobEvent[] {
  return Array.from({ length }, (_, i) => eventOf(random, i + 1));
}

function eventOf(random: Random, seq: number): JobEvent {
  const id = `job_1/${1 + random.integer(1e6)}`;
  switch (random.integer(5)) {
    case 0:
      return { type: "job_paused", jobId: "job_1", seq, at: random.below(1) };
    case 1:
      return startedOf(id, seq, random.integer(9), `worker_${random.integer(99)}`);
    case 2:
      return completedOf(id, seq, `job_1/${seq + 1}`);
    case 3:
      return completedOf(id, seq);
    default: {
      const effects = { ...NO_EFFECTS, sharedData: [{ key: "a", value: random.below(1) }] };
      return { ...completedOf(id, seq), effects, unrouted: 0 };
    }
  }
}

function startedOf(activationId: string, seq: number, attempt = 1, workerId = "worker_1") {
  const about = { jobId: "job_1", seq, at: 1_795_825_841_836.8992 };
  const activation = { activationId, routineId: "first", slot: "input", attempt };
  return { type: "activation_started", ...about, ...activation, workerId } as const;
}

/** Returns the commit of an activation that emits on one event, whose receiver is another one if it is given. */
function completedOf(activationId: string, seq: number, next?: string): ActivationCompleted {
  const emit = { event: "output", payload: { text: `payload ${seq}` }, timestamp: seq + 0.25 };
  const effects: Effects = { ...NO_EFFECTS, emits: [emit] };
  const { event, payload } = emit;
  const queued: Activation[] = next === undefined ? [] : [{
    activationId: next,
    routineId: "second",
    slot: "input",
    payload,
    from: activationId,
    event,
    emit: 0,
  }];
  return {
    ...startedOf(activationId, seq),
    type: "activation_completed",
    startedAt: seq + 0.125,
    endedAt: seq + 0.5,
    effects,
    queued,
    waits: undefined,
    unrouted: next === undefined ? 1 : 0,
  };
}
