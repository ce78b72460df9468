import { assertEquals } from "@std/assert";
import { Outbox } from "../../src/worker/outbox.ts";
import { ResultFlow } from "../../src/worker/result_flow.ts";

/** The time at which results begin to be held back, in epoch milliseconds. */
const BEGIN = 1_000_000;

/** A flow with a number of results in its outbox, and the number of messages that it has sent. */
function holding(results: number): { readonly flow: ResultFlow; sent(): number } {
  let sent = 0;
  const outbox = new Outbox({ postMessage: () => void sent++ }, () => {});
  const flow = new ResultFlow(outbox, new Map());
  flow.begin(BEGIN);
  for (let task = 1; task <= results; task++) outbox.push(task);
  return { flow, sent: () => sent };
}

/** Checks whether a number of results is sent after a time, in milliseconds. */
function isSent(results: number, ms: number): boolean {
  const { flow, sent } = holding(results);
  const at = flow.flushIfOld(BEGIN + ms);
  if (sent() === 0) assertEquals(at, BEGIN + ms);
  return sent() === 1;
}

Deno.test("ResultFlow.flushIfOld() holds back many results for a short time", () => {
  assertEquals([isSent(100, 0.1), isSent(100, 0.25), isSent(16, 0.25)], [false, true, true]);
});

Deno.test("ResultFlow.flushIfOld() holds back few results for longer", () => {
  assertEquals([isSent(15, 0.25), isSent(1, 0.9), isSent(1, 1.1)], [false, false, true]);
});

Deno.test("ResultFlow.flushIfOld() sends nothing without results", () => {
  assertEquals(isSent(0, 5), false);
});

Deno.test("ResultFlow.flushBefore() sends results that a long task would hold back", () => {
  const sentBefore = (results: number, ms: number, estimate: number) => {
    const { flow, sent } = holding(results);
    flow.flushBefore(BEGIN + ms, estimate);
    return sent();
  };
  assertEquals(sentBefore(1, 0.1, 0.05), 0);
  assertEquals(sentBefore(1, 0.1, 0.95), 1);
  assertEquals(sentBefore(1, 0, Infinity), 1);
  assertEquals(sentBefore(0, 0, Infinity), 0);
});
