import { loadV8 } from "./builtin.ts";

/**
 * Writes a value as structured clone would send it.
 *
 * This is not `v8.serialize`, which gives up that views share a buffer, and brings a `DataView` back
 * with the wrong bytes.
 */
export function toBytes(value: unknown): Uint8Array {
  const { Serializer } = loadV8();
  const serializer = new Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

/** Reads what {@linkcode toBytes} wrote, now or with an older V8. */
export function fromBytes(bytes: Uint8Array): unknown {
  const { Deserializer } = loadV8();
  const deserializer = new Deserializer(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}
