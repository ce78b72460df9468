import { assertEquals } from "@std/assert";
import { callUser } from "../../src/data/user_call.ts";
import { toConsole } from "../../src/data/to_console.ts";
import { written } from "./written.ts";

const no = new RangeError("no");

/** Functions of users that fail, each in a way of its own. */
const FAILING: Readonly<Record<string, () => unknown>> = {
  "throws": () => {
    throw no;
  },
  "rejects": () => Promise.reject(no),
  "rejects later": async () => {
    await 0;
    throw no;
  },
  "returns what rejects": () => ({
    then(_: unknown, reject: (thrown: unknown) => void) {
      reject(no);
    },
  }),
  "returns what cannot be awaited": () => ({
    get then() {
      throw no;
    },
  }),
};

for (const [how, call] of Object.entries(FAILING)) {
  Deno.test(`callUser() reports what a function fails with that ${how}`, async () => {
    const failed = Promise.withResolvers<unknown>();
    callUser(call, failed.resolve);
    assertEquals(await failed.promise, no);
  });
}

Deno.test("toConsole() writes whatever was thrown", () => {
  class Hidden {
    [Symbol.for("Deno.customInspect")]() {
      throw no;
    }
  }
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const thrown of [new Hidden(), proxy, "text", undefined, Symbol("s")]) {
    assertEquals(written(() => toConsole(thrown)).length, 1);
  }
});
