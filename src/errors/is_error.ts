/** Checks whether a value is an error of this or another realm, such as a `node:vm` context. Never throws. */
export function isError(value: unknown): value is Error {
  try {
    return Error.isError(value) || value instanceof Error || inheritsError(value);
  } catch {
    return false;
  }
}

const ERROR_SOURCE = Function.prototype.toString.call(Error);

/** Bounded, as a `Proxy` can produce an endless chain of prototypes. */
const MAX_CHAIN = 100;

/** Checks whether an object that is not a genuine error inherits from the `Error` of another realm. */
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
