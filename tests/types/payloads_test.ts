import { defineRoutine, event, Flow, slot } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { compiles } from "./type_checks.ts";
import { type Reading, renamed, sink, source } from "./routines.ts";

function flow() {
  return new Flow().add("source", source).add("sink", sink).add("renamed", renamed);
}

Deno.test("Flow.connect() rejects a payload of another type", () => {
  // @ts-expect-error a reading is no number
  compiles(() => flow().connect("source.reading", "source.trigger"));
  // @ts-expect-error a text is no reading
  compiles(() => flow().connect("renamed.text", "sink.reading"));
  // @ts-expect-error the gauge may be missing
  compiles(() => flow().connect("renamed.maybe", "sink.reading"));
  // @ts-expect-error "station" is missing
  compiles(() => flow().connect("source.reading", "renamed.input"));
  // @ts-expect-error nothing is no reading
  compiles(() => flow().connect("source.empty", "sink.reading"));
});

Deno.test("Flow.connect() accepts a payload with extra fields", () => {
  compiles(() => flow().connect("source.reading", "sink.level"));
  compiles(() => flow().connect("renamed.maybe", "sink.level"));
  compiles(() => flow().connect("renamed.text", "sink.anything"));
});

Deno.test("Flow.connect() accepts an empty event for an optional slot", () => {
  compiles(() => flow().connect("source.empty", "source.trigger"));
});

Deno.test("Flow.connect() checks every member of a union", () => {
  const either = defineRoutine(import.meta, {
    slots: { input: slot<number>() },
    events: { either: event<Reading | string>(), level: event<Reading | { level: number }>() },
    handlers: { input() {} },
  });
  compiles(() => flow().add("either", either).connect("either.level", "sink.level"));
  // @ts-expect-error a text is no reading
  compiles(() => flow().add("either", either).connect("either.either", "sink.reading"));
});

Deno.test("Flow.connect() treats void and undefined alike", () => {
  const nothing = defineRoutine(import.meta, {
    slots: { none: slot<undefined>(), void: slot<void>(), maybe: slot<number | undefined>() },
    events: { none: event<undefined>(), void: event<void>(), maybe: event<number | void>() },
    handlers: { none() {}, void() {}, maybe() {} },
  });
  const both = () => flow().add("nothing", nothing);
  compiles(() => {
    both().connect("nothing.void", "nothing.none").connect("nothing.none", "nothing.void");
    both().connect("nothing.void", "nothing.void").connect("nothing.void", "nothing.maybe");
    both().connect("nothing.maybe", "nothing.maybe").connect("nothing.void", "sink.anything");
    // @ts-expect-error there may be a number
    both().connect("nothing.maybe", "nothing.none");
    // @ts-expect-error there may be nothing
    both().connect("nothing.void", "sink.reading");
  });
});

Deno.test("Flow.connect() accepts readonly lists for mutable ones", () => {
  interface Batch {
    readonly items: number[];
    readonly byName: Map<string, { tags: Set<string> }>;
  }
  interface Frozen {
    readonly items: readonly number[];
    readonly byName: ReadonlyMap<string, { readonly tags: ReadonlySet<string> }>;
  }
  const lists = defineRoutine(import.meta, {
    slots: { list: slot<number[]>(), pair: slot<[number, string]>(), batch: slot<Batch>() },
    events: { list: event<readonly number[]>(), batch: event<Frozen>(), own: event<number[]>() },
    handlers: {
      list(list, ctx) {
        list.push(1);
        const frozen: readonly number[] = list;
        compiles(() => ctx.emit("own", frozen));
      },
      pair() {},
      batch() {},
    },
  });
  const both = () => flow().add("lists", lists);
  const items: readonly number[] = [1];
  const names: readonly string[] = ["a"];
  const batch: Frozen = { items, byName: new Map() };
  const pair = [1, "a"] as const;
  compiles(() => {
    both().connect("lists.list", "lists.list").connect("lists.batch", "lists.batch");
    both().start("lists.list", items);
    both().start("lists.pair", pair);
    both().execute("lists.batch", batch);
    new WorkerPool().run(lists, "batch", batch);
    // @ts-expect-error a list of texts is none of numbers
    both().start("lists.list", names);
    // @ts-expect-error a list of any length is no pair
    both().start("lists.pair", items);
    // @ts-expect-error a batch is no list
    both().connect("lists.batch", "lists.list");
    // @ts-expect-error a text is no list
    both().connect("renamed.text", "lists.list");
  });
});

Deno.test("Flow.connect() compares recursive types", () => {
  type Json = string | number | null | Json[] | { [key: string]: Json };
  type FrozenJson = string | number | null | readonly FrozenJson[] | {
    readonly [key: string]: FrozenJson;
  };
  interface Tree {
    readonly children: Tree[];
    readonly byName: Map<string, Tree | string>;
  }
  const recursive = defineRoutine(import.meta, {
    slots: { json: slot<Json>(), frozen: slot<FrozenJson>(), tree: slot<Tree>() },
    events: { json: event<Json>(), frozen: event<FrozenJson>(), tree: event<Tree>() },
    handlers: {
      json() {},
      frozen(json, ctx) {
        compiles(() => ctx.emit("json", json));
      },
      tree(tree, ctx) {
        compiles(() => ctx.emit("tree", tree));
      },
    },
  });
  const both = () => flow().add("recursive", recursive);
  compiles(() => {
    both().connect("recursive.frozen", "recursive.json").connect(
      "recursive.tree",
      "recursive.tree",
    );
    both().start("recursive.json", { list: [1, ["a", null]] as const });
    // @ts-expect-error a tree is no JSON
    both().connect("recursive.tree", "recursive.json");
    // @ts-expect-error JSON has no dates
    both().start("recursive.json", { at: [new Date(0)] });
  });
});

Deno.test("ConnectOptions.map makes a payload fit", () => {
  compiles(() => flow().connect("source.reading", "renamed.input", { map: { gauge: "station" } }));
});

Deno.test("ConnectOptions.map checks fields under their new names", () => {
  compiles(() => {
    // @ts-expect-error "place" is not what the slot calls it
    flow().connect("source.reading", "renamed.input", { map: { gauge: "place" } });
    // @ts-expect-error a level is no station
    flow().connect("source.reading", "renamed.input", { map: { level: "station" } });
    // @ts-expect-error the slot wants the gauge under its old name
    flow().connect("source.reading", "sink.reading", { map: { gauge: "station" } });
    // @ts-expect-error a field that may be missing may be missing under any name
    flow().connect("renamed.maybe", "renamed.input", { map: { gauge: "station" } });
  });
});

Deno.test("ConnectOptions.map may be empty", () => {
  compiles(() => flow().connect("source.reading", "sink.reading", { map: {} }));
  compiles(() => flow().connect("source.reading", "sink.reading", {}));
});
