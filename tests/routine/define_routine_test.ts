import { defineRoutine, event, slot } from "@millrace/flow";
import { InvalidOptionError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { runInNewContext } from "node:vm";
import { fingerprintOf } from "../../src/routine/fingerprint_of.ts";
import { byClass, oddlyNamed } from "../routines/odd_names.ts";

const INHERITED = ["toString", "constructor", "valueOf", "hasOwnProperty", "__defineGetter__"];

/** Without the checks of the compiler, which not all users have. */
function define(options: object): unknown {
  return defineRoutine(import.meta, options as Parameters<typeof defineRoutine>[1]);
}

for (const name of INHERITED) {
  Deno.test(`defineRoutine() throws on a slot "${name}" without a handler`, () => {
    class Handlers {
      go() {}
    }
    const empty = [{}, new Handlers(), runInNewContext("({})"), Object.create(null), undefined];
    for (const handlers of empty) {
      const error = assertThrows(
        () => define({ slots: { [name]: slot() }, handlers }),
        InvalidOptionError,
        `handlers.${name} of a routine in ${import.meta.url} is undefined; give it a function`,
      );
      assertStringIncludes(error.option, `handlers.${name}`);
    }
  });

  Deno.test(`defineRoutine() accepts an own handler for "${name}"`, () => {
    const handlers = { [name]() {} };
    assert(define({ slots: { [name]: slot() }, handlers }));
    assert(
      define({ slots: { [name]: slot() }, handlers: Object.assign(Object.create(null), handlers) }),
    );
  });
}

Deno.test("defineRoutine() throws on ports named __proto__", () => {
  const go = slot();
  const handlers = { go() {}, ["__proto__"]() {} };
  for (
    const ports of [
      { slots: { go, __proto__: slot() } },
      { slots: { go, ["__proto__"]: slot() } },
      { slots: { __proto__: slot() } },
      { slots: { go }, events: { __proto__: event() } },
      { slots: { go }, events: { ["__proto__"]: event() } },
    ]
  ) {
    assertThrows(() => define({ ...ports, handlers }), InvalidOptionError, "__proto__");
  }
});

Deno.test("defineRoutine() throws on an event named $error", () => {
  const options = { slots: { go: slot() }, handlers: { go() {} } };
  const error = assertThrows(
    () => define({ ...options, events: { done: event(), $error: event() } }),
    InvalidOptionError,
    `of a routine in ${import.meta.url} is "$error"; give it any other name`,
  );
  assertStringIncludes(error.option, "events");
  assert(
    define({ slots: { $error: slot() }, handlers: { $error() {} } }),
    "a slot is another matter",
  );
});

Deno.test("defineRoutine() accepts ports without a prototype", () => {
  const slots = Object.assign(Object.create(null), { go: slot() });
  assert(define({ slots, events: Object.create(null), handlers: { go() {} } }));
});

Deno.test("fingerprintOf() distinguishes handlers of classes", () => {
  const slots = { go: slot<number>() };
  const [one, other] = [
    class {
      go() {
        return;
      }
    },
    class {
      go(n: number) {
        void n;
      }
    },
  ].map((Handlers) => defineRoutine(import.meta, { slots, handlers: new Handlers() }));
  assert(one && other);
  assertNotEquals(fingerprintOf(one), fingerprintOf(other));
});

Deno.test("WorkerPool.run() calls inherited and oddly named handlers", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  assertEquals((await pool.run(byClass, "go", 4)).emits[0]?.payload, 8);
  for (const name of ["toString", "constructor"] as const) {
    const { emits } = await pool.run(oddlyNamed, name, 1);
    assertEquals(emits.map(({ event, payload }) => [event, payload]), [["valueOf", name]]);
  }
});

Deno.test("defineRoutine() refuses a handler without a slot", () => {
  const slots = { input: slot(), other: slot() };
  const handlers = { inptu() {}, other() {}, input() {} };
  assertThrows(
    () => define({ slots, handlers }),
    InvalidOptionError,
    `handlers.inptu of a routine in ${import.meta.url} is for no slot; its slots are input, other`,
  );
  assertThrows(
    () => define({ slots: { other: slot() }, handlers: { other() {}, othre() {} } }),
    InvalidOptionError,
    "its slots are other",
  );
  class Handlers {
    input() {}
    other() {}
    helper() {}
  }
  assert(define({ slots, handlers: new Handlers() }));
});

Deno.test("defineRoutine() refuses values that are not ports", () => {
  const handlers = { go() {} };
  for (const go of ["go", 5, null, undefined, {}, event(), () => {}]) {
    assertThrows(
      () => define({ slots: { go }, handlers }),
      InvalidOptionError,
      "give it what slot() returns",
    );
  }
  for (const done of ["done", null, {}, slot()]) {
    assertThrows(
      () => define({ slots: { go: slot() }, events: { done }, handlers }),
      InvalidOptionError,
      "give it what event() returns",
    );
  }
  const lossy = [new Map([["go", slot()]]), Object.create({ go: slot() })];
  for (const ports of lossy) {
    assertThrows(() => define({ slots: ports, handlers }), InvalidOptionError, "a plain object");
    assertThrows(
      () => define({ slots: { go: slot() }, events: ports, handlers }),
      InvalidOptionError,
      "a plain object",
    );
  }
});
