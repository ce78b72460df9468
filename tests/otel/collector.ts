// A collector of OTLP over HTTP in JSON, on the loopback, and programs that export to it.

import { inheritedStdFlags } from "../../tools/std_flags.ts";

const ROOT = new URL("../../", import.meta.url);
/** A program that takes longer than this is a failure: something keeps it up. */
const HANGS = 300_000;

/** A span as it was exported. */
export interface ExportedSpan {
  readonly name: string;
  readonly scope: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  /** In epoch nanoseconds. */
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  /** The ids of the spans that it is linked to. */
  readonly links: readonly string[];
  readonly status: { readonly code: number; readonly message: string };
}

/** One number of a metric as it was exported last. */
export interface ExportedPoint {
  readonly metric: string;
  readonly unit: string;
  readonly attributes: Attributes;
  /** The value; the count of a histogram. */
  readonly value: number;
  /** The upper bounds of a histogram. */
  readonly bounds?: readonly number[];
}

type Attributes = Readonly<Record<string, unknown>>;

/** The output and the telemetry of a program. */
export interface Exported {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly spans: readonly ExportedSpan[];
  /** All points, of all exports. */
  readonly points: readonly ExportedPoint[];
}

/** Runs a program with a collector, to which it and its workers export. */
export async function exportedBy(
  program: string,
  scenario: string,
  env?: Readonly<Record<string, string>>,
): Promise<Exported> {
  const spans: ExportedSpan[] = [];
  const points: ExportedPoint[] = [];
  let exported = Promise.withResolvers<void>();
  const isExported = (name: string, value: string) =>
    spans.some((span) => span.name === name) ||
    points.some((point) => point.metric === name && point.value === Number(value));
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (request.method === "POST") {
        const body = await request.json();
        if (pathname === "/v1/traces") spans.push(...spansOf(body));
        if (pathname === "/v1/metrics") points.push(...pointsOf(body));
        exported.resolve();
        exported = Promise.withResolvers();
      } else {
        // The program waits for what it has exported.
        const [name = "", value = ""] = pathname.slice(1).split("/").map(decodeURIComponent);
        while (!isExported(name, value)) await exported.promise;
      }
      return Response.json({});
    },
  );
  const { port } = server.addr;
  const ended = await runProgram(program, [scenario], {
    ...env,
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
  });
  // Deno itself makes spans of the requests of the program.
  return { ...ended, spans: spans.filter(({ scope }) => scope !== "deno"), points };
}

/** Runs a program with environment variables of OpenTelemetry. */
export async function runProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Pick<Exported, "code" | "stdout" | "stderr">> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ...inheritedStdFlags(), program, ...args],
    cwd: ROOT,
    env: {
      NO_COLOR: "1",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "50",
      OTEL_METRIC_EXPORT_INTERVAL: "50",
      ...env,
    },
    stdin: "null",
    signal: AbortSignal.timeout(HANGS),
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** The spans as a tree of names, each with its children, in the order of their starts. */
export function treeOf(
  spans: readonly ExportedSpan[],
  nameOf: (span: ExportedSpan) => string = ({ name }) => name,
): Tree {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const below = (parent: string | undefined): Tree =>
    spans.filter(({ parentSpanId }) =>
      parent === undefined ? !ids.has(parentSpanId) : parentSpanId === parent
    ).toSorted((a, b) => Number(a.start - b.start))
      .map((span) => {
        const children = below(span.spanId);
        return children.length === 0 ? nameOf(span) : [nameOf(span), children];
      });
  return below(undefined);
}

/** Names, or names with the trees below them. */
export type Tree = readonly (string | readonly [string, Tree])[];

// deno-lint-ignore no-explicit-any -- the JSON of OTLP
type Json = any;

function spansOf(body: Json): ExportedSpan[] {
  return body.resourceSpans.flatMap(({ scopeSpans }: Json) =>
    scopeSpans.flatMap(({ scope, spans }: Json) =>
      spans.map((span: Json) => ({
        ...span,
        scope: scope.name,
        start: BigInt(span.startTimeUnixNano),
        end: BigInt(span.endTimeUnixNano),
        attributes: attributesOf(span.attributes),
        events: span.events.map(({ name, attributes }: Json) => ({
          name,
          attributes: attributesOf(attributes),
        })),
        links: span.links.map(({ spanId }: Json) => spanId),
      }))
    )
  );
}

function pointsOf(body: Json): ExportedPoint[] {
  return body.resourceMetrics.flatMap(({ scopeMetrics }: Json) =>
    scopeMetrics.flatMap(({ metrics }: Json) =>
      metrics.flatMap(({ name, unit, sum, gauge, histogram }: Json) =>
        (sum ?? gauge ?? histogram).dataPoints.map((point: Json) => ({
          metric: name,
          unit,
          attributes: attributesOf(point.attributes),
          value: Number(point.asDouble ?? point.asInt ?? point.count),
          bounds: point.explicitBounds,
        }))
      )
    )
  );
}

function attributesOf(list: Json): Attributes {
  return Object.fromEntries(
    list.map(({ key, value }: Json) => [key, Object.values(value)[0]]),
  );
}
