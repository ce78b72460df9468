// `defineRoutine`, with which users create routines. It runs on the host and in each worker that imports the
// module, so it loads only what a routine needs.

import { checkRoutine } from "./check_routine.ts";
import type { RoutineContext } from "./routine_context.ts";
import type { NamedEvents, NamedSlots, None, SlotPayload } from "./port.ts";
import { type Handler, type Routine, withHandlers } from "./routine.ts";
import type { Sendable } from "./sendable.ts";

// The number of routines that each module has defined. The count is the same in every thread, so it
// identifies a routine within its module.
const defined = new Map<string, number>();

/**
 * Defines a routine. The routine must be defined at the top level of the module whose `import.meta` is
 * passed, and be exported by it: a worker loads the module and finds the routine among its exports.
 *
 * @example A routine that splits texts into words
 * ```ts
 * import { defineRoutine, event, slot } from "@millrace/flow/routine";
 *
 * export const split = defineRoutine(import.meta, {
 *   slots: { text: slot<string>() },
 *   events: { word: event<string>() },
 *   config: { separator: " " },
 *   handlers: {
 *     text(text, ctx) {
 *       for (const word of text.split(ctx.config.separator)) ctx.emit("word", word);
 *     },
 *   },
 * });
 * ```
 *
 * The module may also export a function `onStop`. When a worker that has loaded the module is about to end,
 * it calls the function and awaits it for at most the `grace` of the pool.
 *
 * @example A module that closes its file when the worker ends
 * ```ts
 * import { defineRoutine, slot } from "@millrace/flow/routine";
 *
 * let file: Deno.FsFile | undefined;
 *
 * export const append = defineRoutine(import.meta, {
 *   slots: { line: slot<string>() },
 *   handlers: {
 *     async line(line) {
 *       file ??= await Deno.open("lines.txt", { append: true, create: true });
 *       await file.write(new TextEncoder().encode(`${line}\n`));
 *     },
 *   },
 * });
 * export function onStop(): void {
 *   file?.close();
 * }
 * ```
 *
 * @param meta The `import.meta` of the module.
 * @param options The slots, events, config and handlers.
 * @returns The routine, for `flow.add` and `pool.run`.
 * @throws {InvalidOptionError} If the `import.meta`, the slots or the handler of a slot are missing, a
 * handler has no slot, a slot or event is called `__proto__`, or an event is called `$error`.
 */
export function defineRoutine<
  const S extends NamedSlots<S>,
  const E extends NamedEvents<E> = None,
  Config extends object = None,
>(
  meta: ImportMeta,
  options: RoutineOptions<S, E, Config>,
): Routine<S, E, Config> {
  checkRoutine(meta, options);
  const ordinal = defined.get(meta.url) ?? 0;
  defined.set(meta.url, ordinal + 1);
  const routine: Routine<S, E, Config> = {
    module: meta.url,
    ordinal,
    slots: options.slots,
    events: options.events ?? {} as E,
    config: options.config ?? {} as Config,
  };
  return withHandlers(routine, options.handlers as unknown as Readonly<Record<string, Handler>>);
}

/**
 * Options of {@linkcode defineRoutine}.
 *
 * @example Routines that differ in one handler
 * ```ts
 * import { defineRoutine, type RoutineOptions, type Slot, slot } from "@millrace/flow";
 * import type { None } from "@millrace/flow/types";
 *
 * type Slots = { line: Slot<string> };
 *
 * function filter(keep: (line: string) => boolean): RoutineOptions<Slots, None, None> {
 *   return {
 *     slots: { line: slot<string>() },
 *     handlers: {
 *       line(line, ctx) {
 *         if (keep(line)) ctx.sharedLog.append(line);
 *       },
 *     },
 *   };
 * }
 *
 * export const errors = defineRoutine(import.meta, filter((line) => line.startsWith("ERROR")));
 * export const long = defineRoutine(import.meta, filter((line) => line.length > 120));
 * ```
 */
export interface RoutineOptions<
  S extends NamedSlots<S>,
  E extends NamedEvents<E>,
  Config extends object,
> {
  /** The inputs, by name. */
  readonly slots: S;
  /**
   * The outputs, by name.
   *
   * @default None.
   */
  readonly events?: E;
  /**
   * The values of `ctx.config`; `flow.add` can change them for one use of the routine.
   *
   * @default None.
   */
  readonly config?: Config & Sendable<Config, "config">;
  /** The handler of each slot. */
  readonly handlers: {
    readonly [Name in keyof S]: (
      payload: SlotPayload<S[Name]>,
      ctx: RoutineContext<E, Config, keyof S & string>,
    ) => void | PromiseLike<void>;
  };
}
