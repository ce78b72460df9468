import { loadV8 } from "./builtin.ts";

/**
 * Serializes a value in the format of structured clone.
 *
 * `v8.serialize` is not used, as it does not preserve buffers that are shared by views, and restores a
 * `DataView` with the wrong bytes.
 */
export function toBytes(value: unknown): Uint8Array {
  const { Serializer } = loadV8();
  const serializer = new Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

/** Deserializes the result of {@linkcode toBytes}, including that of an older V8. */
export function fromBytes(bytes: Uint8Array): unknown {
  const { Deserializer } = loadV8();
  const deserializer = new Deserializer(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}
