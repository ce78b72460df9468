import { assertEquals } from "@std/assert";
import { errorSnapshot, placeOf } from "../../src/run/error_place.ts";

const error = (message: string, ...frames: string[]) => ({
  name: "TypeError",
  message,
  stack: [`TypeError: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join("\n"),
});

Deno.test("placeOf() finds the first frame in a module", () => {
  const frames = ["new Promise (<anonymous>)", "ext:core:1:1", "f (file:///a(1).ts:3:9)"];
  assertEquals(placeOf(error("x", ...frames, "file:///b.ts:1:1")), "file:///a(1).ts:3:9");
  assertEquals(placeOf(error("x", "async file:///b.ts:1:1")), "file:///b.ts:1:1");
  assertEquals(placeOf(error("", "Object.g [as h] (https://x/c.ts:1:2)")), "https://x/c.ts:1:2");
  assertEquals(placeOf(error("x", "f (native)")), undefined);
  assertEquals(placeOf({ name: "E", message: "x" }), undefined);
});

Deno.test("placeOf() takes no line of the message for a frame", () => {
  const message = "no\n    at evil (file:///evil.ts:6:6)";
  assertEquals(placeOf(error(message, "f (file:///a.ts:1:2)")), "file:///a.ts:1:2");
});

Deno.test("placeOf() takes a time that grows with the length of the stack alone", () => {
  // A pattern over all lines would go back and forth for minutes.
  for (const part of ["\n", " ", "\n at ", "(file:", "(file:1:1", "(", ":1", "\n at (file:"]) {
    const stack = `E: ${part.repeat(200_000)}x`;
    assertEquals(placeOf({ name: "E", message: "absent", stack }), undefined);
  }
});

Deno.test("errorSnapshot() has the beginning of a long message", () => {
  const { message } = errorSnapshot({ name: "E", message: "x".repeat(1_000_000) }, "r");
  assertEquals(message, `${"x".repeat(2_000)}…`);
});

Deno.test("errorSnapshot() and placeOf() show the reasons of an AggregateError", () => {
  const errors = [1, 2, 3, 4].map((n) => error(`no ${n}`, `f (file:///a.ts:${n}:1)`));
  const none = { name: "AggregateError", message: "All promises were rejected" };
  const stack = `${none.name}: ${none.message}`;
  assertEquals(placeOf({ ...none, stack, errors }), "file:///a.ts:1:1");
  const messageOf = (count: number) =>
    errorSnapshot({ ...none, stack, errors: errors.slice(0, count) }, "r").message;
  assertEquals([0, 1, 4].map(messageOf), [
    none.message,
    `${none.message} (TypeError: no 1)`,
    `${none.message} (TypeError: no 1; TypeError: no 2; TypeError: no 3; …)`,
  ]);
});
