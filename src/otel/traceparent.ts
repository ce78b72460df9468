import type { SpanContext } from "npm:@opentelemetry/api@1.3.0";

/** The version, the ids of the trace and the span, and the flags. */
const PATTERN = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Encodes a span in the form of W3C, with which it is sent to workers. */
export function encodeTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

/** Decodes a span that comes from another thread; returns `undefined` if the text is no `traceparent`. */
export function decodeTraceparent(text: string): SpanContext | undefined {
  const [, traceId, spanId, flags] = PATTERN.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
