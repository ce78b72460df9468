import type { JSX } from "preact";
import type { FlowInfo } from "../../src/dashboard/api.ts";
import type { RunSnapshot } from "../../src/run/run_snapshot.ts";
import { FailureList } from "../ui/failure_list.tsx";
import { Section } from "../ui/section.tsx";
import { JobLink } from "./job_link.tsx";

/** Shows the failed attempts of a flow, grouped by cause. */
export function FailuresView(
  { info, snapshot }: { info: FlowInfo; snapshot: RunSnapshot },
): JSX.Element {
  return (
    <Section title="Failures by cause" id="failures">
      <FailureList
        failures={snapshot.failures}
        job={(jobId) => <JobLink flowId={info.flowId} jobId={jobId} tab="failures" />}
      />
    </Section>
  );
}
