import type { RoutineContext } from "./routine_context.ts";
import type { NamedEvents, NamedSlots } from "./port.ts";

/**
 * A unit of work, defined by `defineRoutine`, with its slots, events and config. Its handlers run in a
 * worker, which finds the routine by `module` and `ordinal`.
 *
 * @example The location of a routine
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
  /** The URL of the module that exports the routine. */
  readonly module: string;
  /** The index of the routine among those defined by the module, in order of definition, from 0. */
  readonly ordinal: number;
  /** Its inputs. */
  readonly slots: S;
  /** Its outputs. */
  readonly events: E;
  /** Its config, as defined. */
  readonly config: Config;
  /** Carries the type of its config; never set. */
  readonly types?: {
    readonly change: keyof Config extends never ? unknown : (change: Partial<Config>) => void;
  };
}

/** A handler as called by the worker. Its types were checked at its definition. */
export type Handler = (payload: unknown, ctx: RoutineContext) => unknown;

// A registered symbol, so that two versions of the library in one program recognize each other's routines.
const HANDLERS = Symbol.for("@millrace/flow/handlers");

/** Adds the handlers to a routine in a hidden field, as they are not for callers. */
export function withHandlers<R extends Routine>(
  routine: R,
  handlers: Readonly<Record<string, Handler>>,
): R {
  return Object.freeze(Object.defineProperty(routine, HANDLERS, { value: handlers }));
}

/** Returns the handlers of a routine; `undefined` if the value is not a routine. */
export function handlersOf(value: unknown): Readonly<Record<string, Handler>> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as { [HANDLERS]?: Readonly<Record<string, Handler>> })[HANDLERS];
}

/** Checks whether a value was created by `defineRoutine`. */
export function isRoutine(value: unknown): value is Routine {
  return handlersOf(value) !== undefined;
}
