import { defineRoutine, event, Flow, type Schema, slot } from "@millrace/flow";
import type { Sendable } from "@millrace/flow/types";
import { compiles, isTrue, type Same } from "./type_checks.ts";

interface Tree {
  readonly value: unknown;
  readonly children: readonly Tree[];
  readonly parent?: Tree;
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

class Account {
  readonly owner = "Ada";
  name(): string {
    return this.owner;
  }
}

Deno.test("slot() and event() reject payloads with functions", () => {
  compiles(() => {
    // @ts-expect-error a function cannot be sent
    slot<() => void>();
    // @ts-expect-error a function cannot be sent
    event<{ callback: () => void }>();
    // @ts-expect-error a function cannot be sent
    event<{ callback?: (n: number) => Promise<void> }>();
    // @ts-expect-error a function cannot be sent
    slot<{ steps: readonly { run(): void }[] }>();
    // @ts-expect-error a function cannot be sent
    slot<{ at: number } | { at: () => number }>();
    // @ts-expect-error a function cannot be sent
    slot<Map<string, () => void>>();
    // @ts-expect-error a function cannot be sent
    slot<Record<string, () => void>>();
    // @ts-expect-error a class cannot be sent
    slot<{ type: typeof Account }>();
    // @ts-expect-error an instance would lose its methods
    event<Account>();
    // @ts-expect-error a promise cannot be sent
    event<Promise<number>>();
    // @ts-expect-error a URL would arrive empty
    event<{ url: URL }>();
  });
});

Deno.test("Sendable shows the path of a function", () => {
  type Fault<Path> = { readonly "a function cannot be sent": Path };
  isTrue<Same<Sendable<{ list: { done(): void }[] }>, Fault<"payload.list[].done">>>();
  isTrue<Same<Sendable<() => void, "config">, Fault<"config">>>();
  isTrue<Same<Sendable<{ list: Date[] }>, unknown>>();
});

Deno.test("slot() rejects a schema that takes functions", () => {
  interface Callback {
    readonly callback: () => void;
  }
  compiles(() => slot({} as Schema<string, Callback>));
  // @ts-expect-error a function cannot be sent
  compiles(() => slot({} as Schema<Callback, string>));
});

Deno.test("defineRoutine() rejects a config with functions", () => {
  const handlers = { input() {} };
  compiles(() => {
    const slots = { input: slot<number>() };
    defineRoutine(import.meta, { slots, config: { at: new Date(0), names: ["a"] }, handlers });
    // @ts-expect-error a function cannot be sent
    defineRoutine(import.meta, { slots, config: { clock: () => 0 }, handlers });
  });
});

Deno.test("RoutineContext rejects functions in its values", () => {
  defineRoutine(import.meta, {
    slots: { input: slot<unknown>() },
    handlers: {
      input(input, { sharedData, sharedLog, routineState, progress }) {
        const tree: Tree = { value: input, children: [] };
        function keep<Value>(value: Value): void {
          sharedData.set("kept", value);
          sharedLog.append({ value, at: new Date(0) });
        }
        compiles(() => {
          keep(tree);
          sharedData.set("tree", tree);
          sharedData.set("input", input);
          sharedLog.append("a text");
          routineState.patch(tree);
          routineState.patch({ [String(input)]: undefined });
          progress({ done: 1, of: 2 });
          // @ts-expect-error a function cannot be stored
          sharedData.set("callback", { callback: () => {} });
          // @ts-expect-error a function cannot be logged
          sharedLog.append(() => {});
          // @ts-expect-error a function cannot be stored
          routineState.patch({ account: new Account() });
          // @ts-expect-error a state has fields
          routineState.patch("a text");
          // @ts-expect-error a function cannot be reported
          progress({ cancel() {} });
        });
      },
    },
  });
});

Deno.test("Flow.signal() rejects functions", () => {
  compiles(() => {
    new Flow().signal("job_1", "approved");
    new Flow().signal("job_1", "approved", { by: "Ada" });
    // @ts-expect-error a function cannot be sent
    new Flow().signal("job_1", "approved", { by: () => "Ada" });
  });
});

Deno.test("slot() accepts types that structuredClone() preserves", () => {
  compiles(() => {
    event<Tree>();
    event<Json>();
    slot<unknown>();
    // deno-lint-ignore no-explicit-any
    slot<any>();
    slot<void>();
    slot<object>();
    slot<{ at: Date; pattern: RegExp; error: Error; big?: bigint }>();
    slot<readonly [Map<string, Set<Date>>, ReadonlyMap<string, number>]>();
    slot<Uint8Array<ArrayBuffer> | DataView | SharedArrayBuffer>();
    slot<Blob | File | CryptoKey | DOMException | ImageData>();
    slot<{ module: WebAssembly.Module; memory: WebAssembly.Memory }>();
    slot<MessagePort | ReadableStream<string> | WritableStream<string>>();
    slot<string & { readonly brand: "id" }>();
  });
});

Deno.test("slot() and event() accept generic types", () => {
  function page<Item>() {
    return { page: event<{ items: readonly Item[] }>(), item: slot<Item>() };
  }
  const numbers = page<number>();
  compiles(() =>
    defineRoutine(import.meta, {
      slots: { item: numbers.item },
      events: { page: numbers.page },
      handlers: {
        item(item, ctx) {
          isTrue<Same<typeof item, number>>();
          ctx.emit("page", { items: [item] });
        },
      },
    })
  );
});

Deno.test("Sendable names the path of a symbol", () => {
  type Fault<Path> = { readonly "a symbol cannot be sent": Path };
  isTrue<Same<Sendable<{ list: { key: symbol }[] }>, Fault<"payload.list[].key">>>();
  isTrue<
    Same<Sendable<{ run(): symbol }>, { readonly "a function cannot be sent": "payload.run" }>
  >();
  compiles(() => {
    // @ts-expect-error a symbol cannot be sent
    slot<symbol>();
    // @ts-expect-error a symbol cannot be sent
    event<{ key: string | symbol }>();
    // @ts-expect-error a symbol cannot be sent
    slot<Map<symbol, number>>();
    defineRoutine(import.meta, {
      slots: { go: slot<undefined>() },
      handlers: {
        go(_, ctx) {
          // @ts-expect-error a symbol cannot be sent
          ctx.sharedData.set("key", Symbol());
          // @ts-expect-error a symbol cannot be sent
          ctx.sharedLog.append({ key: Symbol() });
        },
      },
    });
  });
});
