import { loadV8 } from "./builtin.ts";

/**
 * Serializes a value in the format of structured clone.
 *
 * @example A JobEvent as bytes, and back
 * ```ts
 * import type { JobEvent } from "@millrace/flow/events";
 * import { fromBytes, toBytes } from "@millrace/flow/store";
 *
 * const event: JobEvent = { type: "job_completed", jobId: "job_1", seq: 9, at: 0 };
 * const { type } = fromBytes(toBytes(event)) as JobEvent;
 * console.log(type); // job_completed
 * ```
 *
 * @param value The value. It must be one that a store accepts.
 */
// `v8.serialize` is not used, as it does not preserve buffers that are shared by views, and restores a
// `DataView` with the wrong bytes.
export function toBytes(value: unknown): Uint8Array {
  const { Serializer } = loadV8();
  const serializer = new Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

/**
 * Deserializes the result of {@linkcode toBytes}, including that of an older V8.
 *
 * @example A Map from bytes
 * ```ts
 * import { fromBytes, toBytes } from "@millrace/flow/store";
 *
 * console.log(fromBytes(toBytes(new Map([["a", 1n]])))); // Map(1) { "a" => 1n }
 * ```
 *
 * @param bytes The bytes.
 */
export function fromBytes(bytes: Uint8Array): unknown {
  const { Deserializer } = loadV8();
  const deserializer = new Deserializer(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}
