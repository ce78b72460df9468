import { deadline } from "@std/async/deadline";
import { HANGS } from "../routines/latches.ts";

/** Waits for what a fault would keep from ever happening: then the test fails, and does not hang. */
export function within<Value>(promise: Promise<Value>): Promise<Value> {
  return deadline(promise, HANGS);
}
