import { assertEquals } from "@std/assert";
import { callUser } from "../../src/data/user_call.ts";
import { toConsole } from "../../src/data/to_console.ts";
import { written } from "./written.ts";

const no = new RangeError("no");

/** Functions of the user, by the way in which they fail. */
const FAILING: Readonly<Record<string, () => unknown>> = {
  "throws": () => {
    throw no;
  },
  "rejects": () => Promise.reject(no),
  "rejects later": async () => {
    await 0;
    throw no;
  },
  "returns a rejecting thenable": () => ({
    then(_: unknown, reject: (thrown: unknown) => void) {
      reject(no);
    },
  }),
  "returns a throwing thenable": () => ({
    get then() {
      throw no;
    },
  }),
};

for (const [how, call] of Object.entries(FAILING)) {
  Deno.test(`callUser() reports a function that ${how}`, async () => {
    const failed = Promise.withResolvers<unknown>();
    callUser(call, failed.resolve);
    assertEquals(await failed.promise, no);
  });
}

Deno.test("toConsole() writes any thrown value", () => {
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
