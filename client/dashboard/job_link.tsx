import type { JSX } from "preact";
import { jobHref } from "../data/route.ts";
import { oneLine } from "../text/printable.ts";

/** Leads to the page of a job. */
export function JobLink(
  { flowId, jobId, tab }: { flowId: string; jobId: string; tab?: string },
): JSX.Element {
  return <a href={jobHref(flowId, jobId, tab)}>{oneLine(jobId, 80)}</a>;
}
