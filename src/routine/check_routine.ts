import { nearest } from "../data/nearest.ts";
import { type Check, checkFields } from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import { isPlainObject } from "../data/plain_object.ts";
import { InvalidOptionError } from "../errors/call_errors.ts";
import { hasControls, printable } from "../errors/printable.ts";
import type { RoutineOptions } from "./define_routine.ts";
import { ERROR_EVENT } from "./error_event.ts";
import type { Events, Slots } from "./port.ts";

/**
 * Refuses a routine that cannot work, to callers that no compiler has checked.
 *
 * @param meta The `import.meta` of its module.
 * @param options Its parts.
 * @throws {InvalidOptionError} With the part, the module and the fix.
 */
export function checkRoutine(meta: Partial<ImportMeta>, options: object): void {
  if (typeof meta?.url !== "string") {
    throw new InvalidOptionError("the first argument", meta, "import.meta, then the options");
  }
  const place = `of a routine in ${meta.url}`;
  const given = options as RoutineOptions<Slots, Events, object>;
  const { slots, events, handlers } = checkOptions("defineRoutine", given, optionsOf(place));
  if (slots === undefined) {
    throw new InvalidOptionError(`slots ${place}`, slots, "at least one, as { input: slot() }");
  }
  checkPorts(slots, place, "slot");
  if (events !== undefined) checkPorts(events, place, "event");
  if (events && Object.hasOwn(events, ERROR_EVENT)) {
    const other = "any other name: what the routine fails at leaves on this one";
    throw new InvalidOptionError(`a name among the events ${place}`, ERROR_EVENT, other);
  }
  const names = Object.keys(slots);
  if (names.length === 0) {
    throw new InvalidOptionError(`slots ${place}`, slots, "at least one, as { input: slot() }");
  }
  for (const name of names) {
    const handler = handlerFor(name, handlers);
    if (typeof handler === "function") continue;
    throw new InvalidOptionError(`handlers.${name} ${place}`, handler, "a function");
  }
  // Those of a class may have methods besides.
  if (isPlainObject(handlers)) checkHandlers(handlers, names, place);
}

/** The options of a routine, each with its check, which names the module as well. */
function optionsOf(place: string): OptionChecks<RoutineOptions<Slots, Events, object>> {
  const object: Check = (option, value) => {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
    throw new InvalidOptionError(`${option} ${place}`, value, "an object");
  };
  const config: Check = (option, value) => checkFields(`${option} ${place}`, value);
  // Slots and events are looked at by `checkPorts`, which knows why one may have another prototype.
  return { slots: object, events: object, config, handlers: object };
}

/** Refuses what is no port, and a port that nobody could name. */
function checkPorts(ports: object, place: string, kind: "slot" | "event"): void {
  const names = Object.keys(ports);
  for (const name of names) {
    if (hasControls(name)) {
      throw new InvalidOptionError(
        `a name among the ${kind}s ${place}`,
        name,
        "one without control characters",
      );
    }
  }
  checkPrototype(ports, place, kind);
  for (const name of names) {
    const port: unknown = Reflect.get(ports, name);
    if (isPort(port, kind)) continue;
    throw new InvalidOptionError(`${kind}s.${name} ${place}`, port, `what ${kind}() returns`);
  }
}

/**
 * Refuses a port called `__proto__`: in an object literal that is no name but sets the prototype, so
 * the port would be missing in silence.
 */
function checkPrototype(ports: object, place: string, kind: "slot" | "event"): void {
  if (isPort(Object.getPrototypeOf(ports), kind) || Object.hasOwn(ports, "__proto__")) {
    throw new InvalidOptionError(
      `a name among the ${kind}s ${place}`,
      "__proto__",
      "any other name",
    );
  }
  checkFields(`${kind}s ${place}`, ports);
}

function isPort(value: unknown, kind: "slot" | "event"): boolean {
  return typeof value === "object" && (value as { kind?: unknown } | null)?.kind === kind;
}

/** Refuses handlers that nothing would ever call. */
function checkHandlers(handlers: object, slots: readonly string[], place: string): void {
  for (const name of Object.keys(handlers)) {
    if (slots.includes(name)) continue;
    const right = nearest(name, slots.filter((slot) => !Object.hasOwn(handlers, slot)));
    const fix = right === undefined
      ? `its slots are ${slots.map(printable).join(", ")}`
      : `write "${printable(right)}"`;
    throw new InvalidOptionError(`handlers.${name} ${place}`, Reflect.get(handlers, name), fix, {
      message: `handlers.${printable(name)} ${place} is for no slot; ${fix}`,
    });
  }
}

/**
 * The handler for a slot, an own one or one of the class that the handlers are an instance of. What
 * every object has, as `toString` and `constructor`, handles nothing.
 */
function handlerFor(name: string, handlers: object | undefined): unknown {
  for (let owner = handlers ?? null; owner !== null; owner = Object.getPrototypeOf(owner)) {
    if (!Object.hasOwn(owner, name)) continue;
    const isClass = name === "constructor" && owner !== handlers;
    return isClass || isRoot(owner) ? undefined : Reflect.get(handlers as object, name);
  }
  return undefined;
}

/** Checks whether all objects inherit from an object, be it of another realm. */
function isRoot(object: object): boolean {
  return Object.getPrototypeOf(object) === null && Object.hasOwn(object, "isPrototypeOf");
}
