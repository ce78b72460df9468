// The answers of the dashboard: JSON, text and errors, each with the headers that keep browsers from storing or
// interpreting it. `routes.ts` and `dashboard_server.ts` create them.

import { ClosedError, InvalidOptionError } from "../errors/call_errors.ts";
import { UnknownActivationError } from "../errors/activation_errors.ts";
import { DuplicateJobError, UnknownJobError } from "../errors/job_errors.ts";
import { MillraceError } from "../errors/millrace_error.ts";
import { StoreError, StoreValueError } from "../errors/store_errors.ts";
import { UncloneableValueError } from "../errors/value_errors.ts";
import type { ApiError } from "./api.ts";
import { cut } from "./bounded_json.ts";
import { Refusal } from "./refusal.ts";

/** The headers of all answers. */
export const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Returns JSON as an answer. */
export function jsonAnswer(json: string, status = 200): Response {
  return new Response(json, {
    status,
    headers: { ...HEADERS, "content-type": "application/json; charset=utf-8" },
  });
}

/** Returns text as an answer. */
export function textAnswer(text: string, type = "text/plain; charset=utf-8"): Response {
  return new Response(text, { headers: { ...HEADERS, "content-type": type } });
}

/** Returns the answer to a request that failed. Only errors of Millrace, and refusals, are described. */
export function errorAnswer(error: unknown): Response {
  if (error instanceof Refusal) {
    const { status, message, headers } = error;
    return failure(status, { name: "RequestError", message }, headers);
  }
  if (error instanceof MillraceError) {
    const { name, message } = error;
    return failure(statusOf(error), { name, message: cut(message, 4_000) });
  }
  return failure(500, { name: "Error", message: "the request failed in the server" });
}

function failure(
  status: number,
  error: ApiError,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const answer = jsonAnswer(JSON.stringify(error), status);
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return answer;
}

function statusOf(error: MillraceError): number {
  if (error instanceof UnknownJobError || error instanceof UnknownActivationError) return 404;
  if (error instanceof ClosedError || error instanceof DuplicateJobError) return 409;
  if (error instanceof InvalidOptionError || error instanceof UncloneableValueError) return 400;
  if (error instanceof StoreValueError) return 400;
  return error instanceof StoreError ? 503 : 409;
}
