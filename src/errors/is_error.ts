/**
 * Checks whether a value is an error, of this realm or of another one, as of a `node:vm` context.
 * Never throws, whatever the value is.
 */
export function isError(value: unknown): value is Error {
  try {
    return Error.isError(value) || value instanceof Error || inheritsError(value);
  } catch {
    return false;
  }
}

const ERROR_SOURCE = Function.prototype.toString.call(Error);

/** A chain of prototypes that a `Proxy` makes up may have no end. */
const MAX_CHAIN = 100;

/** Checks whether an object that is no real error inherits from the `Error` of another realm. */
function inheritsError(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  let prototype = Object.getPrototypeOf(value);
  for (let i = 0; i < MAX_CHAIN && prototype !== null; i++) {
    const type: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
    if (typeof type === "function" && Function.prototype.toString.call(type) === ERROR_SOURCE) {
      return true;
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return false;
}
