// Calls handlers in the traces of their attempts. Workers import this module if their flow is traced, by its
// URL, so that nothing else of the library depends on the package.

import { context, ROOT_CONTEXT, trace } from "npm:@opentelemetry/api@1.3.0";
import { decodeTraceparent } from "./traceparent.ts";

/**
 * Calls a function in the context of a span, so that it becomes the parent of the spans that the function, and
 * all that it starts, makes.
 *
 * @param traceparent The span, as a W3C `traceparent`.
 * @param call The function.
 */
export function runInTrace(traceparent: string, call: () => void): void {
  const span = decodeTraceparent(traceparent);
  if (span === undefined) return call();
  // Not added to the active context, which belongs to the code that happens to execute the worker's tasks.
  context.with(trace.setSpanContext(ROOT_CONTEXT, span), call);
}
