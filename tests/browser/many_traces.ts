import type { JobStatus } from "../../src/engine/job.ts";
import type { JobTrace } from "../../src/run/job_trace.ts";
import { START } from "./sample_run.ts";

const STATUSES: readonly JobStatus[] = ["failed", "cancelled", "running", "pending"];

/** Returns jobs without activations, `job_1` first. One in ten has failed, one was cancelled, most have completed. */
export function emptyTraces(number: number): JobTrace[] {
  return Array.from({ length: number }, (_, index) => {
    const status = STATUSES[index % 10] ?? "completed";
    const isOpen = status === "running" || status === "pending";
    return {
      jobId: `job_${index + 1}`,
      flowId: "readings",
      status,
      createdAt: START + index,
      lastAt: START + index + 500,
      endedAt: isOpen ? undefined : START + index + 500,
      error: status === "failed" ? { name: "TypeError", message: "no value" } : undefined,
      activations: [],
      waits: [],
      isPartial: false,
    };
  });
}
