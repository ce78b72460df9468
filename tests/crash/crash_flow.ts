import { Flow, type JobState } from "@millrace/flow";
import type { Store } from "@millrace/flow/store";
import type { RetryStrategy } from "@millrace/flow/types";
import { ask, gather, prepare, quarantine, source, work } from "./routines.ts";

/** Options of {@linkcode crashFlow}. */
export interface CrashFlowOptions {
  readonly store?: Store;
  /** The file that its routines write their diary to. */
  readonly diary?: string;
}

const RETRY: RetryStrategy = {
  strategy: "retry",
  maxRetries: 2,
  delay: 3,
  backoff: 2,
  jitter: 0.5,
};

/** The fallback of a part that fails whatever is tried. */
const LOST = { event: "output", payload: { key: "lost", value: 1 } } as const;

/** The entry of the flow. */
const ENTRY = "source.batch";

/** A flow with fan-out, fan-in, flushes, retries that wait, skips, `$error`, and waits for signals. */
export function crashFlow({ store, diary = "" }: CrashFlowOptions = {}) {
  const config = { diary };
  const skip = { strategy: "skip", fallback: LOST } as const;
  return new Flow({ id: "crash", maxWorkers: 2, maxCrashes: Infinity, ...store && { store } })
    .add("source", source, { config })
    .add("prepare", prepare, { config })
    .add("left", work, { config: { diary, name: "left" }, onError: { ...RETRY, then: skip } })
    .add("right", work, {
      config: { diary, name: "right" },
      onError: { ...RETRY, then: "continue" },
    })
    .add("ask", ask, { config, onError: { ...RETRY, maxRetries: 1, then: skip } })
    .add("gather", gather, { config })
    .add("quarantine", quarantine, { config })
    .connect("source.item", "prepare.item")
    .connect("prepare.part", "left.part")
    .connect("prepare.part", "right.part")
    .connect("prepare.question", "ask.question")
    .connect("left.output", "gather.item")
    .connect("right.output", "gather.item")
    .connect("ask.output", "gather.item")
    .connect("right.$error", "quarantine.failed");
}

/** Starts the jobs of a campaign, or gives those that there are already; one begins late. */
export function startJobs(flow: ReturnType<typeof crashFlow>, seed: number): JobState[] {
  return Array.from({ length: JOBS }, (_, i) => {
    const jobId = `job_${i + 1}`;
    const batch = { key: jobId, seed: seed * JOBS + i, items: 6 + i };
    return flow.start(ENTRY, batch, { jobId, delay: i === 1 ? 40 : 0 });
  });
}

/** The number of jobs of a campaign. */
export const JOBS = 3;
