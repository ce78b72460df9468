import { textOf } from "../errors/text_of.ts";
import { UncloneableValueError } from "../errors/value_errors.ts";
import { builtinPrototype } from "./builtin_prototype.ts";
import { kindOf } from "./copier.ts";
import { structuredClone } from "./structured_clone.ts";

/**
 * Refuses a list of objects to move if one of them cannot be moved. Nothing has been moved then.
 *
 * @param transfer The list.
 * @param what The name of the value in the message of an error.
 * @throws {UncloneableValueError} With the index of the item.
 */
export function checkMovable(transfer: readonly unknown[], what: string): void {
  const seen = new Set<unknown>();
  for (const [i, item] of transfer.entries()) {
    const reason = seen.has(item) ? "is in the list twice; name it once" : whyNotMovable(item);
    if (reason !== undefined) {
      throw new UncloneableValueError(`transfer[${i}] of the ${what}`, reason);
    }
    seen.add(item);
  }
}

/**
 * Moves objects together with the value that contains them.
 *
 * @throws {UncloneableValueError} If an object cannot be moved although it passed {@linkcode checkMovable},
 * such as a stream with a reader.
 */
export function move<Value>(value: Value, transfer: readonly Transferable[], what: string): Value {
  try {
    return structuredClone(value, { transfer: [...transfer] });
  } catch (cause) {
    throw new UncloneableValueError(
      `transfer of the ${what}`,
      `contains an object that cannot be moved: ${
        textOf(cause)
      }; do not move a port that was moved or closed, or a stream that is being read`,
      { cause },
    );
  }
}

function whyNotMovable(item: unknown): string | undefined {
  if (item === null || item === undefined) return `is ${item}; leave it out`;
  if (typeof item !== "object") return `is a ${typeof item}; leave it out`;
  if (ArrayBuffer.isView(item)) {
    return `is a ${kindOf(item)}, which moves with its memory; name its \`buffer\``;
  }
  if (item instanceof SharedArrayBuffer) return "is shared memory, which stays; leave it out";
  const prototype = builtinPrototype(item);
  if (prototype === ArrayBuffer.prototype) {
    return (item as ArrayBuffer).detached
      ? "is a buffer that was moved away and cannot be read; send another"
      : undefined;
  }
  // Any other class may be one of those that the platform moves.
  const isData = prototype === null || prototype === Object.prototype ||
    prototype === Array.prototype;
  return isData ? "is plain data, which is always copied; leave it out" : undefined;
}
