import type { GraphShape } from "../../src/run/graph_shape.ts";
import type { JobTrace } from "../../src/run/job_trace.ts";
import { GRAPH, sampleTraces } from "./sample_run.ts";

/** A text that would run a program if it were taken for HTML. */
export const SCRIPT = `</script><script>globalThis.hit = 1</script><img src=x onerror="hit = 2">`;

/** Control characters, codes of a terminal, and characters that reverse the text after them. */
export const CONTROLS = "a\x00b\x1b[31mred\x07 \u202etxet\u2066 <!--";

/** A text of a megabyte. */
export const MEGABYTE = "m".repeat(1_000_000);

/** The name of a routine. */
export const ROUTINE = `enrich<script>hit = 3</script>`;

/** The graph of the sample run with a hostile name. */
export const HOSTILE_GRAPH: GraphShape = JSON.parse(
  JSON.stringify(GRAPH).replaceAll('"enrich"', JSON.stringify(ROUTINE)),
);

/** Returns the sample run with hostile texts wherever a user's program provides them. */
export function hostileTraces(): JobTrace[] {
  return sampleTraces({ jobs: 6, until: 900 }).map((trace, index) => {
    const jobId = index === 0 ? `javascript:hit=4//${SCRIPT}` : `${CONTROLS} ${index}`;
    const error = {
      name: `Error${SCRIPT}`,
      message: `${SCRIPT} ${CONTROLS}`,
      stack: `Error: ${SCRIPT}\n    at run (javascript:hit=5:1:1)\n${CONTROLS}`,
      fields: { [SCRIPT]: CONTROLS },
      cause: { value: SCRIPT },
    };
    const long = { ...error, message: MEGABYTE };
    return {
      ...trace,
      jobId,
      status: "failed" as const,
      endedAt: trace.lastAt,
      error: index === 1 ? long : error,
      activations: trace.activations.map((activation) => ({
        ...activation,
        routineId: activation.routineId === "enrich" ? ROUTINE : activation.routineId,
        slot: SCRIPT,
        error,
        attempts: activation.attempts.map((attempt) => ({
          ...attempt,
          workerId: SCRIPT,
          outcome: "failed" as const,
          error,
        })),
      })),
    };
  });
}
