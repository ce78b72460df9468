import { assertEquals } from "@std/assert";
import { executionsOf } from "../../src/report/executions.ts";
import { type SummaryData, summaryView } from "../../src/report/summary_view.ts";
import { activation, traceOfParts } from "./traces.ts";

const FIGURES = { wall: 100, busy: 80, chain: 40, lowerBound: 80, ratio: 1.25, limit: 1 };
const NONE = { pending: 0, running: 0, paused: 0, completed: 1, failed: 0, cancelled: 0 };

Deno.test("summaryView() omits troubles that did not happen", () => {
  const names = (jobs: Partial<typeof NONE>, totals: SummaryData["snapshot"]["totals"]) =>
    summaryView({ figures: FIGURES, snapshot: { jobs: { ...NONE, ...jobs }, totals } })
      .map((line) => line.split(/ {2}/)[0]);
  const rest = ["wall time", "busy time", "lower bound", "ratio"];
  assertEquals(
    names({ cancelled: 2 }, { failed: 0, retried: 0, skipped: 0 }),
    ["jobs", "completed", "failed", "cancelled", ...rest],
  );
  assertEquals(
    names({ running: 1, paused: 1 }, { failed: 0, retried: 2, skipped: 1 }),
    ["jobs", "completed", "failed", "unfinished", "failures", "retries", "skipped", ...rest],
  );
});

Deno.test("summaryView() names the bound of a run", () => {
  const totals = { failed: 0, retried: 0, skipped: 0 };
  const bound = (figures: Partial<typeof FIGURES>) =>
    summaryView({ figures: { ...FIGURES, ...figures }, snapshot: { jobs: NONE, totals } }).at(-2);
  assertEquals(bound({}), "lower bound   80.0 ms  busy time / 1: no schedule is faster");
  assertEquals(
    bound({ chain: 90, lowerBound: 90 }),
    "lower bound   90.0 ms  the longest job's own chain: no schedule is faster",
  );
});

Deno.test("executionsOf() marks a followed attempt as retried", () => {
  const trace = traceOfParts([
    activation("a", 0, [[0, 1, 2, "retried"], [2, 2, 3, "failed"]]),
  ]);
  assertEquals(executionsOf(trace).map(({ outcome }) => outcome), ["retried", "failed"]);
});

Deno.test("executionsOf() extends an open attempt to the last event", () => {
  const trace = traceOfParts([activation("a", 0, [[0, 1, undefined]])], [], { lastAt: 9 });
  assertEquals(executionsOf(trace).map(({ endedAt, outcome }) => [endedAt, outcome]), [
    [9, "executing"],
  ]);
});
