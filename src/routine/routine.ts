import type { RoutineContext } from "./context.ts";
import type { NamedEvents, NamedSlots } from "./port.ts";

/**
 * A unit of work, made by `defineRoutine`: its slots, its events and its config. Its handlers run in
 * a worker, which finds the routine by `module` and `ordinal`.
 *
 * @example Where a worker finds a routine
 * ```ts
 * import type { Routine } from "@millrace/flow";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * function describe({ module, ordinal }: Routine): string {
 *   return `${new URL(module).pathname.split("/").pop()} #${ordinal}`;
 * }
 * console.log(describe(fibonacci), describe(total)); // fibonacci.ts #0 fibonacci.ts #1
 * ```
 */
export interface Routine<
  S extends NamedSlots<S> = object,
  E extends NamedEvents<E> = object,
  Config extends object = object,
> {
  /** The URL of the module that exports it. */
  readonly module: string;
  /** Which of the routines defined by that module it is, from 0, in order of definition. */
  readonly ordinal: number;
  /** Its inputs. */
  readonly slots: S;
  /** Its outputs. */
  readonly events: E;
  /** Its config, as defined. */
  readonly config: Config;
  /** Carries the types of what can be changed in its config; never set. */
  readonly types?: {
    readonly change: keyof Config extends never ? unknown : (change: Partial<Config>) => void;
  };
}

/** A handler as the worker calls it: the types were checked where it was defined. */
export type Handler = (payload: unknown, ctx: RoutineContext) => unknown;

// Registered by name, so that two versions of the library in one program know each other's routines.
const HANDLERS = Symbol.for("@millrace/flow/handlers");

/** Hides the handlers in a routine: they are not for callers. */
export function withHandlers<R extends Routine>(
  routine: R,
  handlers: Readonly<Record<string, Handler>>,
): R {
  return Object.freeze(Object.defineProperty(routine, HANDLERS, { value: handlers }));
}

/** The handlers of a routine, or `undefined` if the value is not one. */
export function handlersOf(value: unknown): Readonly<Record<string, Handler>> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as { [HANDLERS]?: Readonly<Record<string, Handler>> })[HANDLERS];
}

/** Checks whether a value was made by `defineRoutine`. */
export function isRoutine(value: unknown): value is Routine {
  return handlersOf(value) !== undefined;
}
