// An SDK of OpenTelemetry that records spans in this thread. Its package requires an older version of the API
// than the one of the routines of these tests, as programs with several packages do.

import { trace } from "npm:@opentelemetry/api@1.9.1";
import {
  BasicTracerProvider,
  type ReadableSpan,
  type SpanProcessor,
} from "npm:@opentelemetry/sdk-trace-base@2.12.1";

/** Records the spans that are started and ended. */
export class Recorder implements SpanProcessor {
  /** The spans that have ended, in that order. */
  readonly ended: ReadableSpan[] = [];
  /** The number of spans that were started and have not ended. */
  open = 0;

  onStart(): void {
    this.open++;
  }

  onEnd(span: ReadableSpan): void {
    this.open--;
    this.ended.push(span);
  }

  /** Returns the spans that have ended since the last call. */
  take(): ReadableSpan[] {
    return this.ended.splice(0);
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** Registers an SDK for this thread. */
export function registerRecorder(): Recorder {
  const recorder = new Recorder();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [recorder] }));
  return recorder;
}
