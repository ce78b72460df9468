import { handlersOf, type Routine } from "./routine.ts";

/**
 * Returns a fingerprint of a routine, of its handlers and the names of its ports. It detects a module that
 * defines its routines in a different order in a worker than on the host.
 */
export function fingerprintOf(routine: Routine): string {
  // Read by slot, as handlers can be methods of a class, which `Object.entries` does not list.
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
