// Holds a trace to the Trace Event Format, as its document defines it ("Trace Event Format", Google, section 2 and
// 3): the fields of each phase, spans that nest on a thread, pairs of asynchronous events, and arrows that begin and
// end within a slice.

import { assert, assertEquals } from "@std/assert";

/** An event of a trace, with the fields that the format knows. */
export interface AnyTraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly cat: string;
  readonly id: number;
  readonly bp?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** The events that name processes and threads, and the type of their argument. */
const METADATA: Readonly<Record<string, readonly [field: string, type: string]>> = {
  process_name: ["name", "string"],
  process_labels: ["labels", "string"],
  process_sort_index: ["sort_index", "number"],
  thread_name: ["name", "string"],
  thread_sort_index: ["sort_index", "number"],
};

/** Parses a trace, and checks all that the format asks for. */
export function readTrace(json: string): AnyTraceEvent[] {
  const { traceEvents, displayTimeUnit } = JSON.parse(json);
  assert(Array.isArray(traceEvents));
  assert(displayTimeUnit === "ms" || displayTimeUnit === "ns");
  const events: AnyTraceEvent[] = traceEvents;
  for (const event of events) checkFields(event);
  checkThreads(events);
  checkPairs(events.filter(({ ph }) => ph === "b" || ph === "e"), "b", "e");
  const arrows = events.filter(({ ph }) => ph === "s" || ph === "f");
  checkPairs(arrows, "s", "f");
  for (const arrow of arrows) checkBinding(arrow, events);
  return events;
}

function checkFields({ ph, name, pid, tid, ts, dur, cat, id, bp, args }: AnyTraceEvent): void {
  assertEquals(typeof name, "string");
  assert(Number.isSafeInteger(pid) && Number.isSafeInteger(tid));
  if (ph === "M") {
    const [field, type] = METADATA[name] ?? [];
    assertEquals(typeof args?.[field ?? ""], type);
    return;
  }
  assert("Xbesf".includes(ph), ph);
  assertEquals(typeof cat, "string");
  assertExact(ts);
  if (ph === "X") return assertExact(dur);
  assert(Number.isSafeInteger(id));
  assert(bp === undefined || ph === "f" && bp === "e");
}

/** A time in microseconds that is a whole number of nanoseconds, also after a viewer has multiplied it. */
function assertExact(time: number): void {
  assert(Number.isFinite(time) && time >= 0, `${time}`);
  assert(Number.isInteger(time * 1000), `${time}`);
}

/** Slices of one thread either follow each other, or one is in the other. */
function checkThreads(events: readonly AnyTraceEvent[]): void {
  const threads = Map.groupBy(events.filter(isSlice), ({ pid, tid }) => `${pid}/${tid}`);
  for (const [thread, slices] of threads) {
    const open: number[] = [];
    for (const { ts, dur } of slices.toSorted((a, b) => a.ts - b.ts || b.dur - a.dur)) {
      while ((open.at(-1) ?? Infinity) <= ts) open.pop();
      assert(ts + dur <= (open.at(-1) ?? Infinity), `slices overlap on ${thread} at ${ts}`);
      open.push(ts + dur);
    }
    const named = events.some((event) =>
      event.name === "thread_name" && `${event.pid}/${event.tid}` === thread
    );
    assert(named, `${thread} has no name`);
  }
}

/** Each event of a pair has one partner with the same category, id and name, in the order of the file and of time. */
function checkPairs(events: readonly AnyTraceEvent[], first: string, last: string): void {
  for (const [, pair] of Map.groupBy(events, ({ cat, id }) => `${cat}/${id}`)) {
    assertEquals(pair.map(({ ph }) => ph), [first, last]);
    const [begin, end] = pair as [AnyTraceEvent, AnyTraceEvent];
    assertEquals([begin.name, begin.pid], [end.name, end.pid]);
    assert(begin.ts <= end.ts, `${begin.name} ends before it begins`);
  }
}

/** An arrow is at a time within a slice of its thread that the viewer has already read. */
function checkBinding(arrow: AnyTraceEvent, events: readonly AnyTraceEvent[]): void {
  const { pid, tid, ts } = arrow;
  const at = events.findIndex((one) =>
    isSlice(one) && one.pid === pid && one.tid === tid && one.ts <= ts && ts < one.ts + one.dur
  );
  assert(at >= 0 && at < events.indexOf(arrow), `an arrow at ${ts} has no slice`);
}

function isSlice({ ph }: AnyTraceEvent): boolean {
  return ph === "X";
}
