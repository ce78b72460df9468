// The size of uncommitted payloads at which an awaited emit flushes.

import { assertEquals } from "@std/assert";
import { Attempts, type Context } from "./attempts.ts";

/** Emits chunks of kilobytes and awaits each; returns the number of commits after each. */
async function commitsAfter(
  attempts: Attempts,
  kilobytes: readonly number[],
  highWaterBytes: number | undefined,
): Promise<number[]> {
  const commits: number[] = [];
  const before = attempts.flushes;
  const handler = async (ctx: Context) => {
    for (const size of kilobytes) {
      await ctx.emit("item", new Uint8Array(size * 1_024));
      commits.push(attempts.flushes - before);
    }
  };
  const mark = highWaterBytes === undefined ? {} : { highWaterBytes: highWaterBytes * 1_024 };
  assertEquals(await attempts.run(handler, mark), undefined);
  return commits;
}

Deno.test("ctx.emit() flushes at the high-water mark of bytes", async () => {
  assertEquals(await commitsAfter(new Attempts(), [40, 40, 47, 1], 128), [0, 0, 0, 1]);
  assertEquals(await commitsAfter(new Attempts(), [40, 40, 48], 128), [0, 0, 1]);
  assertEquals(await commitsAfter(new Attempts(), [1_000, 1], 128), [1, 1]);
});

Deno.test("ctx.emit() flushes large payloads one by one after the first flush", async () => {
  assertEquals(await commitsAfter(new Attempts(), [128, 2, 1, 1, 5], 128), [1, 2, 2, 3, 4]);
});

Deno.test("ctx.emit() flushes large payloads of a repeated attempt one by one", async () => {
  const attempts = new Attempts();
  const lost = { highWaterBytes: 128 * 1_024, lostAt: { flush: 2, when: "before" } } as const;
  await attempts.run(async (ctx) => {
    for (let i = 0; i < 9; i++) await ctx.emit("item", new Uint8Array(64 * 1_024));
  }, lost);
  assertEquals(attempts.emitted.length, 2);
  assertEquals(await commitsAfter(attempts, [64, 64, 64, 64], 128), [0, 0, 1, 2]);
});

Deno.test("ctx.emit() flushes at no size without a mark", async () => {
  for (const mark of [undefined, Infinity]) {
    assertEquals(await commitsAfter(new Attempts(), [9_999, 9_999], mark), [0, 0]);
  }
});

Deno.test("ctx.emit() counts what it moves", async () => {
  const attempts = new Attempts();
  const flushes: number[] = [];
  await attempts.run(async (ctx) => {
    for (let i = 0; i < 2; i++) {
      const { buffer } = new Uint8Array(2_048);
      await ctx.emit("item", buffer, { transfer: [buffer] });
      flushes.push(attempts.flushes);
    }
  }, { highWaterBytes: 4_096 });
  assertEquals(flushes, [0, 1]);
});
