/**
 * Measures the cost of checking payloads for parts that structured clone would change, relative to
 * a plain structured clone: `deno run -A bench/payload_check.ts`. Millrace checks and copies in one
 * walk, so the check replaces the structured clone.
 *
 * @module
 */
import { faithfulCopy } from "../src/data/faithful_copy.ts";

const ROUNDS = 15;
const OUT = "bench/results/payload_check.json";

const PAYLOADS: Readonly<Record<string, unknown>> = {
  "a number": 42,
  "five fields": { gauge: "gauge_1", level: 84, at: 1.5, isValid: true, note: null },
  "a list of 1,000 records": Array.from({ length: 1_000 }, (_, id) => ({ id, name: `n${id}` })),
  "a Map of 1,000 entries": new Map(Array.from({ length: 1_000 }, (_, i) => [i, `v${i}`])),
  "200,000 numbers": Array.from({ length: 200_000 }, (_, i) => i / 3),
  "20,000 lists of ten numbers": Array.from(
    { length: 20_000 },
    (_, i) => Array.from({ length: 10 }, (_, j) => i + j / 3),
  ),
  "1 MB of bytes": new Uint8Array(1 << 20),
};

interface Row {
  readonly payload: string;
  /** Microseconds, medians over the rounds. */
  readonly checked: number;
  readonly structuredClone: number;
}

const rows: Row[] = Object.entries(PAYLOADS).map(([payload, value]) => {
  const copy = () => faithfulCopy(value, "payload");
  const clone = () => structuredClone(value);
  const times = Math.max(20, Math.ceil(2e4 / timeOf(clone, 20)));
  const [checked, cloned]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    checked.push(timeOf(copy, times));
    cloned.push(timeOf(clone, times));
  }
  return { payload, checked: median(checked), structuredClone: median(cloned) };
});

for (const { payload, checked, structuredClone } of rows) {
  const ratio = (checked / structuredClone).toFixed(2);
  console.log(
    `${payload.padEnd(28)}${checked.toFixed(2).padStart(10)} µs checked and copied` +
      `${structuredClone.toFixed(2).padStart(10)} µs cloned   ${ratio} ×`,
  );
}
const result = { command: "deno run -A bench/payload_check.ts", deno: Deno.version.deno, rows };
Deno.writeTextFileSync(OUT, `${JSON.stringify(result, null, 2)}\n`);

/** Returns the average time of one call, in microseconds. */
function timeOf(call: () => unknown, times: number): number {
  const startedAt = performance.now();
  for (let i = 0; i < times; i++) call();
  return (performance.now() - startedAt) / times * 1_000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
