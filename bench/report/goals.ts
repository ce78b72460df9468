import { PEER_NAMES } from "../contenders/registry.ts";
import type { GoalResult, GoalUnit, WorkloadResult } from "../harness/results.ts";
import { type Spread, spreadOf } from "../harness/stats.ts";
import { DEMO_CASES } from "../workloads/demo.ts";
import { growthCase } from "../workloads/growth.ts";

type Workloads = readonly WorkloadResult[];

/** A goal of the benchmark. */
interface Goal {
  readonly figure: string;
  /** The workloads that it needs. */
  readonly from: readonly string[];
  readonly least?: number;
  readonly most?: number;
  /** The unit of the value. The default is a ratio. */
  readonly unit?: GoalUnit;
  /** Returns the value, if the workloads were measured. */
  value(workloads: Workloads): Spread | undefined;
}

const GOALS: readonly Goal[] = [
  {
    figure: "no-op burst, against the fastest peer",
    from: ["burst"],
    least: 12,
    value: (all) => against(burst(all, "Millrace"), fastest(all)),
  },
  {
    figure: "no-op burst, against a bare batching pool without limits, claims or errors",
    from: ["burst"],
    least: 0.7,
    value: (all) => against(burst(all, "Millrace"), burst(all, "bare batching pool")),
  },
  {
    figure: "one at a time, against one raw round trip",
    from: ["latency"],
    most: 1.2,
    value: (all) => spread(all, "latency", "Millrace", "ratio"),
  },
  {
    figure: "`pool.run` with `config` against without, one at a time",
    from: ["config"],
    most: 1.1,
    value: (all) => spread(all, "config", "Millrace", "single"),
  },
  {
    figure: "limits of 100 thousand keys against none",
    from: ["limits"],
    most: 1.2,
    value: (all) => spread(all, "limits", "Millrace", "concurrency"),
  },
  {
    figure: "five-stage flow with full history, activations/s against the burst figure",
    from: ["burst", "flow"],
    least: 0.5,
    value: (all) => against(spread(all, "flow", "Millrace", "many"), burst(all, "Millrace")),
  },
  {
    figure:
      "five-stage flow, 10 thousand jobs, against a bare batching flow without limits or errors",
    from: ["flow"],
    least: 0.5,
    value: (all) => flowAgainst(all, "bare batching flow", "many"),
  },
  {
    figure: "five-stage flow, 4 jobs, against flowcraft, which runs in process",
    from: ["flow"],
    least: 1,
    value: (all) => flowAgainst(all, "flowcraft", "few"),
  },
  {
    figure: "five-stage flow, 10 thousand jobs, against p-graph, which runs in process",
    from: ["flow"],
    least: 1,
    value: (all) => flowAgainst(all, "p-graph", "many"),
  },
  {
    figure: "host of a flow, on a pool that executes at once: CPU time per activation",
    from: ["host-cost"],
    most: 2,
    unit: "µs",
    value: (all) => spread(all, "host-cost", "Millrace", "cpu"),
  },
  {
    figure: "memory held per activation with full history",
    from: ["host-cost"],
    most: 200,
    unit: "bytes",
    value: (all) => spread(all, "host-cost", "Millrace", "held"),
  },
  {
    figure: "burst with a result, against a bare batching pool",
    from: ["burst"],
    least: 0.6,
    value: (all) => against(result(all, "Millrace"), result(all, "bare batching pool")),
  },
  {
    figure: "mixed durations: makespan against busy / workers",
    from: ["mix"],
    most: 1.1,
    value: (all) => spread(all, "mix", "Millrace", "ratio"),
  },
  {
    figure: "tasks of 50 µs: makespan against busy / workers",
    from: ["durations"],
    most: 1.2,
    value: (all) => spread(all, "durations", "Millrace", "us50Ratio"),
  },
  {
    figure: "400 waits of 50 ms on two workers, 50 at once: time against piscina",
    from: ["waits"],
    most: 1,
    value: (all) => againstPiscina(all, "time"),
  },
  {
    figure: "400 waits of 50 ms on two workers, 50 at once: memory against piscina",
    from: ["waits"],
    most: 1.2,
    value: (all) => againstPiscina(all, "memory"),
  },
  {
    figure: "10 thousand waits at once against 1 thousand: time beyond the wait, per wait",
    from: ["many-waits"],
    most: 1.2,
    value: (all) => spread(all, "many-waits", "Millrace", "ratio"),
  },
  {
    figure: "time per activation at 1 million against 10 thousand",
    from: ["growth"],
    most: 1.2,
    value: (all) => worst(growthRatios(all, "time", "10 thousand")),
  },
  {
    // The memory in use is bounded by the retention; the peak in the table includes garbage.
    figure: "memory held after 1 million activations against 100 thousand",
    from: ["growth"],
    most: 1.2,
    value: (all) => worst(growthRatios(all, "held", "100 thousand").map(ofAll)),
  },
  {
    figure: "8 MB transferred, against a raw transfer",
    from: ["payloads"],
    most: 1.5,
    value: (all) => spread(all, "payloads", "Millrace", "ratio"),
  },
  ...([["kb1Copied", "1 KB"], ["kb100Copied", "100 KB"]] as const).map(([key, size]): Goal => ({
    figure: `${size} copied there and back, against a bare batching pool`,
    from: ["payloads"],
    most: 1.3,
    value: (all) =>
      against(
        spread(all, "payloads", "Millrace", key),
        spread(all, "payloads", "bare batching pool", key),
      ),
  })),
  {
    figure: "cold start: program to first result, against comlink",
    from: ["cold"],
    most: 1,
    value: (all) =>
      against(
        spread(all, "cold", "Millrace", "first"),
        spread(all, "cold", "comlink", "first"),
      ),
  },
  {
    figure: "eight hashing activations, one worker against two",
    from: ["parallel"],
    least: 1.8,
    value: (all) => spread(all, "parallel", "Millrace", "ratio"),
  },
  ...DEMO_CASES.map((name): Goal => ({
    figure: `demo, ${name}: wall against its lower bound`,
    from: ["demo"],
    most: 1.05,
    value: (all) => spread(all, "demo", name, "ratio"),
  })),
];

/** Compares the measurements with the goals. */
export function evaluateGoals(workloads: Workloads): GoalResult[] {
  return GOALS.map(({ figure, from, least, most, unit = "×", value: valueOf }) => {
    const value = valueOf(workloads);
    const goal = least === undefined ? `at most ${most} ${unit}` : `at least ${least} ${unit}`;
    if (value === undefined) {
      // A goal without a value is missed if all its workloads were measured.
      const wasMeasured = from.every((name) => workloads.some((result) => result.name === name));
      return wasMeasured ? { figure, goal, unit, passed: false } : { figure, goal, unit };
    }
    const passed = value.median >= (least ?? -Infinity) && value.median <= (most ?? Infinity);
    return { figure, goal, unit, value, passed };
  });
}

function spread(all: Workloads, workload: string, name: string, key: string): Spread | undefined {
  const cases = all.find((result) => result.name === workload)?.cases;
  return cases?.find((result) => result.name === name)?.figures[key];
}

function result(all: Workloads, name: string): Spread | undefined {
  return spread(all, "burst", name, "result");
}

function flowAgainst(all: Workloads, name: string, key: string): Spread | undefined {
  return against(spread(all, "flow", "Millrace", key), spread(all, "flow", name, key));
}

function burst(all: Workloads, name: string): Spread | undefined {
  return spread(all, "burst", name, "noop");
}

function fastest(all: Workloads): Spread | undefined {
  return PEER_NAMES.map((name) => burst(all, name))
    .filter((found) => found !== undefined)
    .sort((a, b) => b.median - a.median)[0];
}

/** Returns the ratios of two figures round by round, as disturbances in a round affect both. */
function against(ours: Spread | undefined, theirs: Spread | undefined): Spread | undefined {
  if (ours === undefined || theirs === undefined) return undefined;
  const rounds = Math.min(ours.samples.length, theirs.samples.length);
  const ratios = ours.samples.slice(0, rounds).map((value, i) =>
    value / (theirs.samples[i] ?? NaN)
  );
  return spreadOf(ratios);
}

function againstPiscina(all: Workloads, key: string): Spread | undefined {
  return against(spread(all, "waits", "Millrace", key), spread(all, "waits", "piscina", key));
}

function growthRatios(all: Workloads, key: string, from: "10 thousand" | "100 thousand") {
  return (["one job", "many jobs"] as const).map((shape) =>
    against(
      spread(all, "growth", growthCase(shape, "1 million"), key),
      spread(all, "growth", growthCase(shape, from), key),
    )
  );
}

/** Converts a ratio per activation to a ratio of totals, for ten times as many activations. */
function ofAll(perActivation: Spread | undefined): Spread | undefined {
  return perActivation && spreadOf(perActivation.samples.map((ratio) => ratio * 10));
}

/** Returns the highest of several figures that must all be low; `undefined` if one is missing. */
function worst(spreads: readonly (Spread | undefined)[]): Spread | undefined {
  if (spreads.includes(undefined)) return undefined;
  return (spreads as Spread[]).sort((a, b) => b.median - a.median)[0];
}
