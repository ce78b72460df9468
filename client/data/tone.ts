import type { JobStatus } from "../../src/engine/job.ts";
import type { ActivationOutcome, AttemptOutcome } from "../../src/run/job_trace.ts";

/** The meaning of a colour. A shape or a word always has the same meaning beside it. */
export type Tone = "run" | "done" | "fail" | "warn" | "idle";

/** Returns the tone of a status of a job, a flow, an activation or an attempt. */
export function toneOf(status: JobStatus | ActivationOutcome | AttemptOutcome | string): Tone {
  return TONES[status] ?? "idle";
}

const TONES: Readonly<Record<string, Tone>> = {
  running: "run",
  executing: "run",
  completed: "done",
  failed: "fail",
  lost: "fail",
  halted: "fail",
  retried: "warn",
  skipped: "warn",
  paused: "warn",
  held: "warn",
  stopped: "warn",
};
