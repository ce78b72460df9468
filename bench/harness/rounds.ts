import { CaseProcess } from "./case_process.ts";
import type { CaseResult, WorkloadResult } from "./results.ts";
import { spreadOf } from "./stats.ts";
import type { Sample, Settings, Workload } from "./workload.ts";

/** Reports the current measurement. */
export type Progress = (what: string) => void;

/** A case and its samples so far. */
interface Entry {
  readonly name: string;
  readonly samples: Sample[];
  process: CaseProcess | undefined;
  version: string | undefined;
  failure: string | undefined;
}

/**
 * Measures a workload: each case once in every round, beginning with a different case each time, so
 * that disturbances of the machine affect all cases alike.
 */
export async function measure(
  workload: Workload,
  rounds: number,
  settings: Settings,
  progress: Progress,
): Promise<WorkloadResult> {
  const entries = workload.cases.map((name): Entry => ({
    name,
    samples: [],
    process: undefined,
    version: undefined,
    failure: undefined,
  }));
  const count = Math.min(rounds, workload.maxRounds ?? Infinity);
  for (let round = 0; round < count; round++) {
    const first = round % entries.length;
    for (const entry of [...entries.slice(first), ...entries.slice(0, first)]) {
      if (entry.failure !== undefined) continue;
      progress(`${workload.name}: round ${round + 1} of ${count}, ${entry.name}`);
      await measureOnce(workload, entry, settings);
    }
  }
  await Promise.all(entries.map(({ process }) => process?.close()));
  const { name, title, about, figures } = workload;
  return { name, title, about, figures, cases: entries.map((entry) => resultOf(workload, entry)) };
}

/** Measures a case once. A case that fails is not measured again, and its earlier samples stay. */
async function measureOnce(workload: Workload, entry: Entry, settings: Settings): Promise<void> {
  try {
    entry.process ??= await CaseProcess.start(workload, entry.name, settings);
    entry.version = entry.process.version;
    entry.samples.push(await entry.process.measure());
  } catch (error) {
    entry.failure = (error as Error).message;
  }
  if (workload.isFresh || entry.failure !== undefined) {
    await entry.process?.close();
    entry.process = undefined;
  }
}

function resultOf(workload: Workload, { name, version, samples, failure }: Entry): CaseResult {
  const figures = workload.figures.flatMap(({ key }) => {
    const found = samples.map((sample) => sample[key]).filter((value) => value !== undefined);
    return found.length === 0 ? [] : [[key, spreadOf(found)] as const];
  });
  return { name, version, figures: Object.fromEntries(figures), failure };
}
