/** Returns a field of an error, its own or that of its class, if it is a text. */
export function errorField(error: object, key: string): string | undefined {
  for (
    let holder: object | null = error;
    holder !== null;
    holder = Object.getPrototypeOf(holder)
  ) {
    const field = Object.getOwnPropertyDescriptor(holder, key);
    if (field === undefined) continue;
    if (typeof field.value === "string") return field.value;
    // `stack` and the fields of a DOMException are getters of the platform.
    return isOfPlatform(error, key) ? String(Reflect.get(error, key)) : undefined;
  }
  return undefined;
}

function isOfPlatform(error: object, key: string): boolean {
  if (error instanceof DOMException) return !Object.hasOwn(error, key);
  const get = Object.getOwnPropertyDescriptor(error, key)?.get;
  return get !== undefined && get === STACK_GETTER;
}

/** The getter of the stack of errors, in versions of V8 in which it is one. */
const STACK_GETTER = Object.getOwnPropertyDescriptor(new Error(), "stack")?.get;
