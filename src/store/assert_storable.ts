// The check of values before an `SqliteStore` persists them. Used by `store.assertStorable` and
// `event_encoding.ts`.

import { findUnserializable } from "../data/structured_bytes.ts";
import { StoreValueError } from "../errors/store_errors.ts";
import { isJson } from "./json_safe.ts";

/**
 * Refuses values that can be sent to a worker but not persisted: a `Blob` or `File`, shared memory, a module
 * of WebAssembly, a `CryptoKey`, a `DOMException`, and objects that can only be moved, such as a port or a
 * stream.
 *
 * @param value The value, which must be the result of structured clone.
 * @param what The name of the value in the path of an error, as `payload`.
 * @throws {StoreValueError} With the path of the offending field.
 */
export function assertStorable(value: unknown, what: string): void {
  if (value === undefined || isJson(value)) return;
  const found = findUnserializable(value, what);
  if (found === undefined) return;
  const { path, kind, offender } = found;
  throw new StoreValueError(
    path,
    `is ${kind}, which a store cannot persist; ${adviceOn(offender)}`,
  );
}

function adviceOn(offender: unknown): string {
  const found = ADVICE.find(([type]) => offender instanceof type);
  return found === undefined ? "keep plain data" : found[1];
}

const ADVICE: readonly (readonly [type: new (...args: never[]) => object, advice: string])[] = [
  [Blob, "store its bytes, as a Uint8Array"],
  [SharedArrayBuffer, "store its bytes, as a Uint8Array"],
  [WebAssembly.Memory, "store its bytes, as a Uint8Array"],
  [WebAssembly.Module, "store the bytes it was compiled from, as a Uint8Array"],
  [CryptoKey, "keep what `crypto.subtle.exportKey` gives, or its name"],
  [DOMException, "keep its name and message"],
];
