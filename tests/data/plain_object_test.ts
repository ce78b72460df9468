// Only the fields of plain objects can be spread, or their keys listed, without a loss.

import { InvalidOptionError } from "@millrace/flow/errors";
import { assertEquals, assertThrows } from "@std/assert";
import { runInNewContext } from "node:vm";
import { checkFields } from "../../src/data/option.ts";
import { isPlainObject } from "../../src/data/is_plain_object.ts";

const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

class Settings {
  #limit = 77;
  get limit() {
    return this.#limit;
  }
}

Deno.test("isPlainObject() accepts objects of every realm", () => {
  const plain = [
    {},
    { a: 1 },
    Object.create(null),
    runInNewContext("({ a: 1 })"),
    new Proxy({}, {}),
  ];
  for (const value of plain) assertEquals(isPlainObject(value), true, Deno.inspect(value));
});

Deno.test("checkFields() refuses values that are not plain objects", () => {
  const others = [
    new Settings(),
    new Map([["limit", 77]]),
    new Set(["limit"]),
    new Date(),
    [7],
    Object.create({ limit: 77 }),
    runInNewContext("new Map()"),
    new Uint8Array(1),
    () => {},
    null,
    "limit",
    revoked,
  ];
  for (const value of others) {
    assertThrows(() => checkFields("config", value), InvalidOptionError, "give it a plain object");
  }
  assertThrows(
    () => checkFields("config", new Settings()),
    InvalidOptionError,
    "config is an instance of Settings; give it a plain object with fields of its own, as { a: 1 }",
  );
});
