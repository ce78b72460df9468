// Handlers of all kinds that flush, fail and are executed once more: each effect comes about once, in
// order, or the attempt is refused.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { RepeatMismatchError } from "@millrace/flow/errors";
import { engineRuns } from "../laws/runs.ts";
import { Attempts, type Context } from "./attempts.ts";

/** The course of one attempt over its items. */
interface Course {
  /** It flushes each time after this number of items. */
  readonly page: number;
  readonly highWaterMark: number;
  /** It fails after this number of items. */
  readonly failsAfter: number;
  readonly lostAt: { readonly flush: number; readonly when: "before" | "after" } | undefined;
}

/** A handler that emits items from 0 on, each of them once, however often it is executed. */
type Kind = (ctx: Context, items: number, course: Course) => Promise<void>;

const failed = new RangeError("as planned");

/** Emits an item, with a log entry and an update. */
async function item(ctx: Context, i: number): Promise<void> {
  if (i % 2 === 0) ctx.sharedLog.append(`item ${i}`);
  await ctx.emit("item", i);
  if (i % 5 === 0) ctx.sharedLog.append(`item ${i} once more`);
  // The emits of the update are a part of it.
  await ctx.sharedData.update("sum", (sum: number = 0) => {
    if (i % 3 === 0) ctx.emit("other", `after ${i}`);
    return sum + i;
  });
}

/** Follows each item: a flush, and perhaps the failure. */
async function after(ctx: Context, i: number, begin: number, course: Course): Promise<void> {
  if ((i + 1) % course.page === 0) await ctx.flush();
  if (i + 1 - begin >= course.failsAfter) throw failed;
}

const KINDS: Readonly<Record<string, Kind>> = {
  async "a repeating handler"(ctx, items, course) {
    for (let i = 0; i < items; i++) {
      await item(ctx, i);
      await after(ctx, i, 0, course);
    }
  },
  async "a repeating handler with a counter"(ctx, items, course) {
    const { seen = 0 } = await ctx.routineState.get<{ seen: number }>();
    ctx.routineState.patch({ seen: seen + 1 });
    // Of one payload nobody could say whether it is that of the next item.
    ctx.emit("other", "begin");
    for (let i = 0; i < items; i++) {
      await item(ctx, i);
      await after(ctx, i, 0, course);
    }
  },
  async "a repeating handler that reads shared data"(ctx, items, course) {
    await ctx.sharedData.get("settings");
    await ctx.routineState.get();
    for (let i = 0; i < items; i++) {
      await item(ctx, i);
      ctx.sharedData.set(`item ${i}`, true);
      await after(ctx, i, 0, course);
    }
  },
  async "a repeating handler that records its position"(ctx, items, course) {
    await ctx.routineState.get();
    for (let i = 0; i < items; i++) {
      ctx.routineState.patch({ last: i });
      await item(ctx, i);
      await after(ctx, i, 0, course);
    }
  },
  async "a handler resumed from its state"(ctx, items, course) {
    ctx.sharedLog.append("begins");
    const { next = 0 } = await ctx.routineState.get<{ next: number }>();
    for (let i = next; i < items; i++) {
      await item(ctx, i);
      ctx.routineState.patch({ next: i + 1 });
      await after(ctx, i, next, course);
    }
  },
  async "a handler resumed from an updated state"(ctx, items, course) {
    const { next = 0 } = await ctx.routineState.get<{ next: number }>();
    for (let i = next; i < items; i++) {
      await item(ctx, i);
      await ctx.sharedData.update("done", (done: number = 0) => {
        ctx.routineState.patch({ next: i + 1 });
        return done + 1;
      });
      await after(ctx, i, next, course);
    }
  },
  async "a handler resumed in steps of three"(ctx, items, course) {
    const { next = 0 } = await ctx.routineState.get<{ next: number }>();
    for (let i = next; i < items; i++) {
      // In place, as the value is known, with what it emits.
      ctx.sharedData.set("known", i);
      await ctx.sharedData.update("known", (known: number = 0) => {
        ctx.emit("other", "known");
        return known;
      });
      await item(ctx, i);
      if (i % 3 === 2) ctx.routineState.patch({ next: i + 1 });
      await after(ctx, i, next, course);
    }
  },
  async "a handler resumed from shared data"(ctx, items, course) {
    const next = await ctx.sharedData.get<number>("next") ?? 0;
    for (let i = next; i < items; i++) {
      await item(ctx, i);
      ctx.sharedData.set(`item ${i}`, true);
      ctx.sharedData.set("next", i + 1);
      await after(ctx, i, next, course);
    }
  },
  async "a handler resumed from an updated checkpoint"(ctx, items, course) {
    const next = await ctx.sharedData.get<number>("next") ?? 0;
    for (let i = next; i < items; i++) {
      await item(ctx, i);
      await ctx.sharedData.update("next", (next: number = 0) => next + 1);
      await after(ctx, i, next, course);
    }
  },
};

const courses = fc.array(
  fc.record({
    page: fc.integer({ min: 1, max: 9 }),
    highWaterMark: fc.oneof(fc.constant(Infinity), fc.integer({ min: 2, max: 7 })),
    failsAfter: fc.integer({ min: 1, max: 30 }),
    lostAt: fc.option(
      fc.record({
        flush: fc.integer({ min: 1, max: 6 }),
        when: fc.constantFrom("before" as const, "after" as const),
      }),
      { nil: undefined },
    ),
  }),
  { maxLength: 6 },
);

const LAST: Course = { page: 4, highWaterMark: 3, failsAfter: Infinity, lostAt: undefined };

for (const [name, kind] of Object.entries(KINDS)) {
  Deno.test(`ctx.flush() commits once for ${name}`, async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 25 }),
      courses,
      async (items, courses) => {
        const activation = new Attempts();
        for (const course of [...courses, LAST]) {
          const error = await activation.run((ctx) => kind(ctx, items, course), course);
          assert(!(error instanceof RepeatMismatchError), error?.message);
          if (error === undefined) break;
        }
        const all = Array.from({ length: items }, (_, i) => i);
        const { emitted, logged, data } = activation;
        assertEquals(emitted.filter((one) => typeof one === "number"), all);
        const others = all.filter((i) => i % 3 === 0).map((i) => `after ${i}`);
        const texts = emitted.filter((one) => typeof one === "string");
        assertEquals(texts.filter((text) => text !== "known" && text !== "begin"), others);
        if (texts.includes("known")) assertEquals(texts.length, others.length + items);
        const entries = logged.filter((entry) => entry !== "begins");
        const expected = all.flatMap((i) => [
          ...i % 2 === 0 ? [`item ${i}`] : [],
          ...i % 5 === 0 ? [`item ${i} once more`] : [],
        ]);
        assertEquals(entries, expected);
        assertEquals(data.get("sum"), items * (items - 1) / 2);
      },
    );
    await fc.assert(property, engineRuns(150));
  });
}

Deno.test("ctx.flush() resumes from a checkpoint before the emit", async () => {
  const activation = new Attempts();
  const handler = (failsAt: number) => async (ctx: Context) => {
    const { next = 0 } = await ctx.routineState.get<{ next: number }>();
    for (let i = next; i < 6; i++) {
      ctx.routineState.patch({ next: i + 1 });
      ctx.emit("item", i);
      await ctx.flush();
      if (i === failsAt) throw failed;
    }
  };
  for (const failsAt of [1, 2, 6]) await activation.run(handler(failsAt));
  assertEquals(activation.emitted, [0, 1, 2, 3, 4, 5]);
});

Deno.test("ctx.flush() resumes a handler with equal payloads", async () => {
  const activation = new Attempts();
  const handler = (failsAt: number) => async (ctx: Context) => {
    const { next = 0 } = await ctx.routineState.get<{ next: number }>();
    for (let i = next; i < 9; i++) {
      ctx.emit("item");
      ctx.routineState.patch({ next: i + 1 });
      if (i % 2 === 0) await ctx.flush();
      if (i === failsAt) throw failed;
    }
  };
  for (const failsAt of [2, 5, 9]) await activation.run(handler(failsAt));
  assertEquals(activation.emitted.length, 9);
});

Deno.test("ctx.flush() resumes equal payloads from an early checkpoint", async () => {
  const activation = new Attempts();
  const handler = (failsAt: number) => async (ctx: Context) => {
    const { next = 0 } = await ctx.routineState.get<{ next: number }>();
    for (let i = next; i < 9; i++) {
      ctx.routineState.patch({ next: i + 1 });
      ctx.emit("item");
      if (i % 3 === 2) await ctx.flush();
      if (i === failsAt) throw failed;
    }
  };
  for (const failsAt of [2, 5, 9]) await activation.run(handler(failsAt));
  assertEquals(activation.emitted.length, 9);
});

Deno.test("ctx.flush() remembers commits beyond an earlier flush", async () => {
  const activation = new Attempts();
  const emits = (ctx: Context) => [0, 1, 2].forEach((i) => ctx.emit("item", i));
  const logs = (ctx: Context) => ["a", "b", "c"].forEach((entry) => ctx.sharedLog.append(entry));
  const courses: readonly ((ctx: Context) => void)[] = [
    (ctx) => {
      emits(ctx);
      ctx.sharedLog.append("a");
    },
    logs,
    (ctx) => {
      emits(ctx);
      ctx.emit("item", 3);
    },
  ];
  for (const course of courses) {
    await activation.run(async (ctx) => {
      course(ctx);
      await ctx.flush();
      throw failed;
    });
  }
  await activation.run((ctx) => {
    emits(ctx);
    logs(ctx);
    ctx.emit("item", 3);
    ctx.sharedLog.append("d");
  });
  assertEquals([activation.emitted, activation.logged], [[0, 1, 2, 3], ["a", "b", "c", "d"]]);
});

Deno.test("ctx.emit() flushes a resumed attempt at the high-water mark", async () => {
  const activation = new Attempts();
  const handler = async (ctx: Context) => {
    const { next = 0 } = await ctx.routineState.get<{ next: number }>();
    for (let i = next; i < next + 5; i++) {
      await ctx.emit("item", i);
      ctx.routineState.patch({ next: i + 1 });
    }
    throw failed;
  };
  for (let i = 0; i < 2; i++) await activation.run(handler, { highWaterMark: 2 });
  assertEquals(activation.emitted, [0, 1, 2, 3, 4, 5, 6, 7]);
});

Deno.test("ctx.flush() accepts a resumed handler without work", async () => {
  const activation = new Attempts();
  const handler = async (ctx: Context) => {
    const { isDone } = await ctx.routineState.get<{ isDone: boolean }>();
    if (isDone) return;
    ctx.emit("item", 1);
    ctx.routineState.patch({ isDone: true });
    await ctx.flush();
    throw failed;
  };
  assertEquals(await activation.run(handler), failed);
  assertEquals(await activation.run(handler), undefined);
  assertEquals(activation.emitted, [1]);
});

for (
  const [what, write, read] of [
    ["routineState.patch()", patch, ({ routineState }) => routineState.get()],
    ["sharedData.set()", set, ({ sharedData }) => sharedData.get("own")],
    ["sharedData.set()", set, ({ sharedData }) => sharedData.has("own")],
    ["sharedData.set()", set, ({ sharedData }) => sharedData.keys()],
    ["sharedData.update()", update, ({ sharedData }) => sharedData.get("own")],
    ["sharedData.delete()", remove, ({ sharedData }) => sharedData.get("next")],
  ] as readonly (readonly [string, (ctx: Context) => void, (ctx: Context) => unknown])[]
) {
  Deno.test(`ctx shows each attempt its own ${what} by ${read}`, async () => {
    const seen: unknown[] = [];
    const activation = new Attempts();
    const handler = async (ctx: Context) => {
      if (await ctx.sharedData.get("next") === undefined) {
        ctx.emit("item", 1);
        ctx.sharedData.set("next", 1);
        await ctx.flush();
      }
      write(ctx);
      seen.push(await read(ctx));
      throw failed;
    };
    for (const _ of [1, 2, 3]) await activation.run(handler);
    assertEquals(seen, [seen[0], seen[0], seen[0]]);
  });
}

function patch({ routineState }: Context): void {
  routineState.patch({ own: 1 });
}

function set({ sharedData }: Context): void {
  sharedData.set("own", 1);
}

function update({ sharedData }: Context): void {
  void sharedData.update("own", (n: number = 0) => n + 1);
}

function remove({ sharedData }: Context): void {
  sharedData.delete("next");
}

Deno.test("ctx.flush() omits committed waits", async () => {
  const activation = new Attempts();
  const handler = async (ctx: Context) => {
    ctx.waitFor("first", { deliverTo: "input" });
    await ctx.flush();
    ctx.waitFor("second", { deliverTo: "input" });
    if (ctx.attempt === 1) throw failed;
  };
  for (let i = 0; i < 2; i++) await activation.run(handler);
  assertEquals(activation.waits, ["first", "second"]);
});

Deno.test("ctx.flush() allows different log entries on retry", async () => {
  const activation = new Attempts();
  const handler = async (ctx: Context) => {
    ctx.sharedLog.append(`attempt ${ctx.attempt}`);
    ctx.emit("item", 1);
    await ctx.flush();
    if (ctx.attempt === 1) throw failed;
  };
  for (let i = 0; i < 2; i++) await activation.run(handler);
  assertEquals([activation.emitted, activation.logged], [[1], ["attempt 1"]]);
});

for (
  const [what, handler, message] of [
    [
      "emits another payload",
      (ctx) => ctx.emit("item", ctx.attempt),
      "its first 1 emits are different",
    ],
    [
      "emits on another event",
      (ctx) => ctx.emit(ctx.attempt === 1 ? "item" : "other", 1),
      "its first 1 emits are different",
    ],
    [
      "emits less",
      (ctx) => ctx.attempt === 1 && ctx.emit("item", 1),
      "it ended after 0 of 1 emits",
    ],
    [
      "writes another key",
      (ctx) => ctx.sharedData.set(`key ${ctx.attempt}`, 1),
      "its first 1 writes are of other kinds, or to other keys",
    ],
    [
      "writes less",
      (ctx) => ctx.attempt === 1 && ctx.sharedData.update("key", () => 1),
      "it ended after 0 of 1 writes",
    ],
    [
      "catches the refusal",
      (ctx) => {
        try {
          ctx.emit("item", ctx.attempt);
        } catch {
          // It is refused all the same.
        }
      },
      "its first 1 emits are different",
    ],
  ] satisfies [string, (ctx: Context) => unknown, string][]
) {
  Deno.test(`RepeatMismatchError refuses an attempt that ${what}`, async () => {
    const activation = new Attempts();
    const whole = async (ctx: Context) => {
      handler(ctx);
      await ctx.flush();
      if (ctx.attempt === 1) throw failed;
      ctx.sharedLog.append("new");
    };
    assertEquals(await activation.run(whole), failed);
    const { emitted, data } = structuredClone(activation);
    const error = await activation.run(whole);
    assert(error instanceof RepeatMismatchError);
    assertStringIncludes(
      error.message,
      `attempt 2 at activation job/1 of "routine" did not repeat`,
    );
    assertStringIncludes(error.message, message);
    assertEquals([error.name, error.routineId, error.attempt], [
      "RepeatMismatchError",
      "routine",
      2,
    ]);
    assertEquals([activation.emitted, activation.data, activation.logged], [emitted, data, []]);
  });
}

Deno.test("RepeatMismatchError refuses an attempt that catches it", async () => {
  const activation = new Attempts();
  const handler = async (ctx: Context) => {
    try {
      ctx.emit("item", ctx.attempt);
      await ctx.flush();
    } catch {
      return;
    }
    if (ctx.attempt === 1) throw failed;
  };
  await activation.run(handler);
  assert(await activation.run(handler) instanceof RepeatMismatchError);
});

Deno.test("RepeatMismatchError refuses pages of another size", async () => {
  const activation = new Attempts();
  const handler = (size: number) => async (ctx: Context) => {
    for (let i = 0; i < 8; i += size) {
      ctx.emit("item", Array.from({ length: size }, (_, j) => i + j));
      await ctx.flush();
      if (i === 4 && ctx.attempt === 1) throw failed;
    }
  };
  await activation.run(handler(2));
  assert(await activation.run(handler(4)) instanceof RepeatMismatchError);
  assertEquals(activation.emitted, [[0, 1], [2, 3], [4, 5]]);
});

Deno.test("ctx.flush() falls back to the number of flushes", async () => {
  const activation = new Attempts();
  const handler = (failsAt: number) => async (ctx: Context) => {
    for (let i = 0; i < 6; i++) {
      ctx.emit("item", i);
      ctx.sharedData.update("sum", (sum: number = 0) => sum + i);
      if (i % 2 === 1) await ctx.flush();
      if (i === failsAt) throw failed;
    }
  };
  await activation.run(handler(3));
  activation.committed = 2;
  await activation.run(handler(5));
  assert(typeof activation.committed === "object");
  assertEquals(await activation.run(handler(6)), undefined);
  assertEquals([activation.emitted, activation.data.get("sum")], [[0, 1, 2, 3, 4, 5], 15]);
});

Deno.test("ctx.flush() resumes from state by the number of flushes", async () => {
  const activation = new Attempts();
  const handler = (failsAt: number) => async (ctx: Context) => {
    const { next = 0 } = await ctx.routineState.get<{ next: number }>();
    for (let i = next; i < 6; i++) {
      ctx.emit("item", i);
      ctx.routineState.patch({ next: i + 1 });
      await ctx.flush();
      if (i === failsAt) throw failed;
    }
  };
  await activation.run(handler(2));
  activation.committed = 3;
  await activation.run(handler(4));
  await activation.run(handler(6));
  assertEquals(activation.emitted, [0, 1, 2, 3, 4, 5]);
});

Deno.test("ctx.flush() omits effects that the original job committed", async () => {
  const activation = new Attempts();
  const handler = (jobId: string, isFailing: boolean) => async (ctx: Context) => {
    for (let i = 0; i < 4; i++) {
      ctx.emit("item", `${jobId} ${i}`);
      ctx.sharedData.set(`${jobId} ${i}`, i);
      if (i === 1) await ctx.flush();
      if (i === 2 && isFailing) throw failed;
    }
  };
  assertEquals(await activation.run(handler("a", true)), failed);
  assert(typeof activation.committed === "object");
  activation.committed = { ...activation.committed, isRerun: true };
  assertEquals(await activation.run(handler("b", false)), undefined);
  assertEquals(activation.emitted, ["a 0", "a 1", "b 2", "b 3"]);
  assertEquals([...activation.data.keys()], ["a 0", "a 1", "b 2", "b 3"]);
});
