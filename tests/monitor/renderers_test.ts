import { assertEquals } from "@std/assert";
import { JsonRenderer } from "../../src/monitor/json_renderer.ts";
import { LinesRenderer } from "../../src/monitor/lines_renderer.ts";
import type { RunSnapshot } from "../../src/run/run_snapshot.ts";
import { Output } from "../../src/terminal/output.ts";
import { Palette } from "../../src/terminal/palette.ts";
import { busySnapshot, fakeJob, fakeRoutine, fakeSnapshot } from "./fake_snapshot.ts";

/** An output whose text is kept, and whose reader may be slow. */
function fakeOutput(): { output: Output; texts: string[]; setFree(isFree: boolean): void } {
  const texts: string[] = [];
  let isFree = true;
  const output = new Output({ isTerminal: () => false, writeSync: () => 0, write: () => never });
  const keep = (text: string) => void texts.push(text);
  Object.defineProperties(output, {
    isFree: { get: () => isFree },
    offer: { value: (text: string) => isFree && keep(text) },
    finish: { value: keep },
  });
  return { output, texts, setFree: (value) => isFree = value };
}

const never = new Promise<number>(() => {});

function jobs(completed: number, failed = 0, running = 0): Pick<RunSnapshot, "jobs"> {
  return { jobs: { pending: 0, running, paused: 0, completed, failed, cancelled: 0 } };
}

Deno.test("LinesRenderer prints a line when a number has changed", () => {
  const { output, texts } = fakeOutput();
  const renderer = new LinesRenderer(output, new Palette(false));
  renderer.frame(fakeSnapshot({ since: undefined }));
  renderer.frame(fakeSnapshot({ ...jobs(3, 0, 2), rate: 2.5 }));
  renderer.frame(fakeSnapshot({ ...jobs(3, 0, 2), at: 99_000, rate: 1.5 }));
  renderer.frame(fakeSnapshot({ ...jobs(5), at: 99_000, expectedJobs: 9, eta: 4_000 }));
  renderer.end(fakeSnapshot({ ...jobs(5), at: 99_000, status: "closed" }));
  assertEquals(texts, [
    "orders 1m 05s  3 of 5 jobs ended, 2 running; 2.5/s\n",
    "orders 1m 39s  5 of 9 jobs ended; 0/s; eta 4.0 s\n",
    "orders 1m 39s  5 of 5 jobs ended; closed\n",
  ]);
});

Deno.test("LinesRenderer prints each failed job once", () => {
  const { output, texts } = fakeOutput();
  const renderer = new LinesRenderer(output, new Palette(false));
  const error = { routineId: "parse", name: "TypeError", message: "no\nkey" };
  const failed = (count: number) =>
    Array.from(
      { length: Math.min(10, count) },
      (_, i) => fakeJob(`job_${count - i}`, { status: "failed", error }),
    );
  renderer.frame(fakeSnapshot({ ...jobs(0, 1), failedJobs: failed(1) }));
  renderer.frame(fakeSnapshot({ ...jobs(0, 9), failedJobs: failed(9) }));
  assertEquals(texts[0]?.split("\n")[0], "failed job_1: parse TypeError: no\\nkey");
  assertEquals(texts[1]?.split("\n").map((line) => line.split(":")[0]), [
    "3 other jobs failed",
    "failed job_5",
    "failed job_6",
    "failed job_7",
    "failed job_8",
    "failed job_9",
    "orders 1m 05s  9 of 9 jobs ended, 9 failed; 0/s",
    "",
  ]);
});

Deno.test("LinesRenderer skips lines for a slow reader", () => {
  const { output, texts, setFree } = fakeOutput();
  const renderer = new LinesRenderer(output, new Palette(false));
  setFree(false);
  renderer.frame(
    fakeSnapshot({ ...jobs(0, 1), failedJobs: [fakeJob("bad", { status: "failed" })] }),
  );
  setFree(true);
  renderer.frame(
    fakeSnapshot({ ...jobs(1, 1), failedJobs: [fakeJob("bad", { status: "failed" })] }),
  );
  assertEquals(texts, ["failed bad\norders 1m 05s  2 of 2 jobs ended, 1 failed; 0/s\n"]);
});

Deno.test("JsonRenderer writes a line without control characters", () => {
  const { output, texts } = fakeOutput();
  const renderer = new JsonRenderer(output);
  const snapshot = busySnapshot({ id: "a\u001b[2J\n\u009b\u202e\u2028" });
  renderer.frame(snapshot);
  renderer.end(fakeSnapshot());
  // deno-lint-ignore no-control-regex
  assertEquals(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]/.test(texts.join("")), false);
  const parsed = texts.map((text) => JSON.parse(text));
  assertEquals(parsed, [snapshot, fakeSnapshot()].map((one) => JSON.parse(JSON.stringify(one))));
  assertEquals(texts.map((text) => text.split("\n").length), [2, 2]);
});

Deno.test("LinesRenderer prints a line when the number of waits for limits has changed", () => {
  const { output, texts } = fakeOutput();
  const renderer = new LinesRenderer(output, new Palette(false));
  const limited = (number: number) => {
    const waits = { limited: number, delayed: 0, keys: 1, limits: [] };
    const totals = { ...fakeSnapshot().totals, queued: 3 };
    return fakeSnapshot({ ...jobs(0, 0, 3), totals, routines: [fakeRoutine("fetch", { waits })] });
  };
  for (const number of [0, 2, 2]) renderer.frame(limited(number));
  assertEquals(texts, [
    "orders 1m 05s  0 of 3 jobs ended, 3 running; 0/s, 3 queued\n",
    "orders 1m 05s  0 of 3 jobs ended, 3 running; 0/s, 3 queued, 2 limited\n",
  ]);
});
