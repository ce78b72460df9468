import { handlersOf, type Routine } from "./routine.ts";

/**
 * Tells routines apart by what they are made of, so that a module which defines them in another order
 * in a worker than on the host is noticed.
 */
export function fingerprintOf(routine: Routine): string {
  // By slot, as handlers can be methods of a class, which are no entries of its instance.
  const handlers = handlersOf(routine) ?? {};
  const sources = Object.keys(routine.slots).map((slot) =>
    `${slot}:${hash(String(handlers[slot]))}`
  );
  return [...sources, ">", ...Object.keys(routine.events)].join(" ");
}

/** FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value >>> 0;
}
