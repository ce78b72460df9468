// The numbers of flows in the text format of Prometheus, version 0.0.4. The metrics are listed in
// `prometheus_metrics.ts`; the format is written here.

import { InvalidOptionError } from "../errors/call_errors.ts";
import type { RunSnapshot } from "../run/run_snapshot.ts";
import { type Metric, METRICS, type Sample } from "./prometheus_metrics.ts";

/**
 * Writes the numbers of flows as metrics in the text format of [Prometheus](https://prometheus.io), version 0.0.4.
 * Every sample has the label `flow`. Durations are in seconds. Counters count from the start of the monitor whose
 * snapshot it is.
 *
 * @example An endpoint for Prometheus
 * ```ts
 * import { PROMETHEUS_CONTENT_TYPE, prometheusText, type RunSnapshot } from "@millrace/flow/export";
 *
 * function metrics(view: { snapshot(): RunSnapshot }): Response {
 *   const headers = { "content-type": PROMETHEUS_CONTENT_TYPE };
 *   return new Response(prometheusText(view.snapshot()), { headers });
 * }
 * ```
 *
 * @param snapshots The numbers of one flow, or of several flows with different ids.
 * @returns The text.
 * @throws {InvalidOptionError} If two snapshots are of the same flow, as both would have the same samples.
 */
export function prometheusText(snapshots: RunSnapshot | readonly RunSnapshot[]): string {
  const all = isList(snapshots) ? snapshots : [snapshots];
  const ids = new Set<string>();
  for (const { flowId } of all) {
    if (ids.has(flowId)) {
      throw new InvalidOptionError("snapshots", flowId, "snapshots of different flows");
    }
    ids.add(flowId);
  }
  return METRICS.map((metric) => familyOf(metric, all)).join("");
}

/**
 * The content type of {@linkcode prometheusText}, for the response to a scrape.
 *
 * @example The headers of a response
 * ```ts
 * import { PROMETHEUS_CONTENT_TYPE } from "@millrace/flow/export";
 *
 * const headers = new Headers({ "content-type": PROMETHEUS_CONTENT_TYPE });
 * console.log(headers.get("content-type")); // text/plain; version=0.0.4; charset=utf-8
 * ```
 */
export const PROMETHEUS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

function isList(value: RunSnapshot | readonly RunSnapshot[]): value is readonly RunSnapshot[] {
  return Array.isArray(value);
}

/** Returns the samples of a metric with its header; nothing if there are none. */
function familyOf(
  { name, type, help, samplesOf }: Metric,
  snapshots: readonly RunSnapshot[],
): string {
  const lines = snapshots.flatMap((snapshot) =>
    [...samplesOf(snapshot)].map((sample) => lineOf(name, sample, snapshot.flowId))
  );
  if (lines.length === 0) return "";
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
}

function lineOf(name: string, { suffix = "", labels = {}, value }: Sample, flow: string): string {
  const pairs = Object.entries({ flow, ...labels })
    .map(([label, text]) => `${label}="${escapedLabel(text)}"`);
  return `${name}${suffix}{${pairs.join(",")}} ${value}`;
}

/** Writes a text as the value of a label. A NUL has no escape, and Prometheus would refuse all the metrics. */
function escapedLabel(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd").replaceAll("\\", "\\\\").replaceAll(
    "\n",
    "\\n",
  ).replaceAll(
    '"',
    '\\"',
  );
}
