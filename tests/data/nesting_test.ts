import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  copyPayload,
  faithfulCopy,
  faithfulMove,
  shownCopy,
} from "../../src/data/faithful_copy.ts";
import { copyOnceMore } from "../../src/engine/copy_once_more.ts";
import { jsonable } from "../../src/data/jsonable.ts";
import { sameValue } from "../../src/data/same_value.ts";
import { UncloneableValueError } from "../../src/errors/value_errors.ts";
import { encoded } from "../store/encoded.ts";
import { startedWith } from "../../src/store/conformance/sample_events.ts";

const MAX_DEPTH = 500;

/** The containers that a value can be wrapped in. */
const WRAPS: Readonly<Record<string, (inner: unknown) => unknown>> = {
  objects: (a) => ({ a }),
  lists: (inner) => [inner],
  "lists with holes": (inner) => [, inner], // deno-lint-ignore-line no-sparse-arrays
  maps: (inner) => new Map([["a", inner]]),
  "keys of maps": (inner) => new Map([[inner, 1]]),
  sets: (inner) => new Set([inner]),
  "causes of errors": (cause) => new Error("no", { cause }),
};

/** Returns an object at the end of a number of levels. */
function nested(depth: number, wrap = WRAPS.objects!): unknown {
  let value: unknown = {};
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value;
}

for (const [name, wrap] of Object.entries(WRAPS)) {
  Deno.test(`faithfulCopy() copies ${name} nested ${MAX_DEPTH} deep`, () => {
    const value = nested(MAX_DEPTH, wrap);
    const copy = faithfulCopy(value, "payload");
    assert(sameValue(structuredClone(copy), value));
    const events = [startedWith("job", 1, copy)];
    assert(sameValue(encoded(events).decoded("job"), events));
    JSON.stringify(jsonable(shownCopy({ records: [{ data: copy }] })));
  });

  Deno.test(`faithfulCopy() throws on ${name} nested deeper`, () => {
    assertThrows(
      () => faithfulCopy(nested(MAX_DEPTH + 1, wrap), "payload"),
      UncloneableValueError,
      " is nested deeper than 500 levels; send ",
    );
  });
}

Deno.test("faithfulMove() throws beyond the depth limit", () => {
  assertThrows(() => faithfulMove(nested(MAX_DEPTH + 1), "payload", []), UncloneableValueError);
});

Deno.test("UncloneableValueError.path shortens a long path", () => {
  const value = { first: nested(MAX_DEPTH) };
  const { path } = assertThrows(() => faithfulCopy(value, "payload"), UncloneableValueError);
  assertEquals(path, "payload.first.a.a.a.a.a.a.a … .a.a.a.a.a.a.a.a");
});

Deno.test("copyPayload() throws on deep nesting even unchecked", () => {
  const copy = copyPayload({ a: nested(9), lost: new URL("file:///a") }, "payload", false);
  assertEquals(copy, { a: nested(9), lost: {} });
  assertThrows(
    () => copyPayload({ lost: new URL("file:///a"), a: nested(MAX_DEPTH) }, "payload", false),
    UncloneableValueError,
    " is nested deeper",
  );
});

Deno.test("copyOnceMore() copies a wrapped payload at the limit", () => {
  const failed = { payload: faithfulCopy(nested(MAX_DEPTH), "payload") };
  assert(sameValue(copyOnceMore(failed), failed));
});
