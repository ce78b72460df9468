// Checks the arguments of `defineRoutine` at run time, for callers without a type checker.

import { nearest } from "../data/nearest.ts";
import { type Check, checkFields } from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import { isPlainObject } from "../data/is_plain_object.ts";
import { InvalidOptionError } from "../errors/call_errors.ts";
import { hasControls, printable } from "../errors/printable.ts";
import type { RoutineOptions } from "./define_routine.ts";
import { ERROR_EVENT } from "./error_event.ts";
import type { Events, Slots } from "./port.ts";

/**
 * Checks the arguments of `defineRoutine` at run time, for callers without a type checker.
 *
 * @param meta The `import.meta` of the module.
 * @param options The slots, events, config and handlers.
 * @throws {InvalidOptionError} With the name of the option, the module and the fix.
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
    const other = "any other name, as this is the event of failures";
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
  // An instance of a class may have other methods as well.
  if (isPlainObject(handlers)) checkHandlers(handlers, names, place);
}

/** Returns the checks of the options of a routine, whose errors name its module as well. */
function optionsOf(place: string): OptionChecks<RoutineOptions<Slots, Events, object>> {
  const object: Check = (option, value) => {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
    throw new InvalidOptionError(`${option} ${place}`, value, "an object");
  };
  const config: Check = (option, value) => checkFields(`${option} ${place}`, value);
  // `checkPorts` checks the prototypes of slots and events, with an error for ports called `__proto__`.
  return { slots: object, events: object, config, handlers: object };
}

/** Refuses values that are not ports, and names that ports cannot have. */
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
 * Refuses a port called `__proto__`: in an object literal, that key sets the prototype, so that the port
 * would be silently missing. Refuses other objects with an unusual prototype as well.
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

/** Refuses handlers without a slot, which would never be called. */
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
 * Returns the handler of a slot: a field of the handlers, or a method of their class. Methods that every
 * object has, such as `toString` and `constructor`, are no handlers.
 */
function handlerFor(name: string, handlers: object | undefined): unknown {
  for (let owner = handlers ?? null; owner !== null; owner = Object.getPrototypeOf(owner)) {
    if (!Object.hasOwn(owner, name)) continue;
    const isClass = name === "constructor" && owner !== handlers;
    return isClass || isRoot(owner) ? undefined : Reflect.get(handlers as object, name);
  }
  return undefined;
}

/** Checks whether an object is the `Object.prototype` of this or another realm. */
function isRoot(object: object): boolean {
  return Object.getPrototypeOf(object) === null && Object.hasOwn(object, "isPrototypeOf");
}
