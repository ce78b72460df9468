import { ModuleLoadError, RoutineNotExportedError } from "@millrace/flow/errors";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { BindingMessage } from "../../src/wire/messages.ts";
import { fingerprintOf } from "../../src/routine/fingerprint_of.ts";
import type { Routine } from "../../src/routine/routine.ts";
import { loadRoutine } from "../../src/worker/load_routine.ts";
import { relay } from "../routines/basics.ts";
import { notExported } from "../routines/not_exported.ts";
import { missing } from "../routines/not_loadable.ts";
import { standStill } from "../routines/stand_still.ts";

const MINUTE = 60_000;
const CHANGED = "has changed since the program started";
const { module } = relay;
/** A time that all files are older than, and one that all are newer than. */
const [AFTER, BEFORE] = [Date.now() + 1e9, 0];

function bindingOf(routine: Routine, more: Partial<BindingMessage> = {}): BindingMessage {
  const { module, ordinal, slots } = routine;
  return {
    number: 1,
    module,
    ordinal,
    fingerprint: fingerprintOf(routine),
    slots: Object.keys(slots),
    config: {},
    flowId: "f",
    routineId: "r",
    checkPayloads: true,
    highWaterMark: undefined,
    highWaterBytes: undefined,
    traceModule: undefined,
    ...more,
  };
}

/** Modules without routines that are in no cache yet, each of which imports the next. */
async function newModules(count: number): Promise<{ url: string } & AsyncDisposable> {
  const folder = await Deno.makeTempDir();
  for (let i = 0; i < count; i++) {
    const text = i < count - 1 ? `export * from "./${i + 1}.ts";` : "export const last = true;";
    await Deno.writeTextFile(`${folder}/${i}.ts`, text);
  }
  return {
    url: new URL(`file://${folder}/0.ts`).href,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("loadRoutine() returns a routine of an edited file", async () => {
  for (const startedAt of [BEFORE, AFTER, undefined]) {
    assertEquals(await loadRoutine(bindingOf(relay), MINUTE, startedAt), relay);
  }
});

const faults: readonly [string, BindingMessage, string, string][] = [
  [
    "a replaced routine",
    bindingOf(relay, { fingerprint: "" }),
    "differs in the worker",
    "in the same order",
  ],
  ["a private routine", bindingOf(notExported()), "is not exported", 'write "export const r = '],
];
for (const [what, binding, problem, fix] of faults) {
  Deno.test(`loadRoutine() explains how to export ${what}`, async () => {
    const load = () => loadRoutine(binding, MINUTE, AFTER);
    const error = await assertRejects(load, RoutineNotExportedError, problem);
    assertStringIncludes(error.fix ?? "", fix);
    assert(!error.message.includes(CHANGED));
  });

  Deno.test(`loadRoutine() reports an edit of ${what}`, async () => {
    const load = () => loadRoutine(binding, MINUTE, BEFORE);
    const error = await assertRejects(load, RoutineNotExportedError, problem);
    assertStringIncludes(error.message, `${binding.module} ${CHANGED}; restart the program`);
    assertStringIncludes(error.fix ?? "", "restart the program; if that does not help,");
    assertStringIncludes(error.fix ?? "", fix);
  });

  Deno.test(`loadRoutine() suspects an edit of ${what}`, async () => {
    const load = () => loadRoutine(binding, MINUTE);
    const error = await assertRejects(load, RoutineNotExportedError, fix);
    assertStringIncludes(error.fix ?? "", `if ${binding.module} ${CHANGED}, restart the program`);
  });
}

Deno.test("loadRoutine() reports an edited module that fails", async () => {
  const folder = await Deno.makeTempDir();
  const url = new URL(`file://${folder}/broken.ts`).href;
  await Deno.writeTextFile(new URL(url), "export const broken = ;");
  try {
    const load = (startedAt: number) => () =>
      loadRoutine(bindingOf(relay, { module: url }), MINUTE, startedAt);
    const edited = await assertRejects(load(BEFORE), ModuleLoadError, CHANGED);
    assertEquals(edited.fix, "restart the program");
    const broken = await assertRejects(load(AFTER), ModuleLoadError, "does not load in a worker");
    assert(!broken.message.includes(CHANGED));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("loadRoutine() reports no edit without a file", async () => {
  for (
    const binding of [bindingOf(missing), bindingOf(relay, { module: "data:text/javascript," })]
  ) {
    const error = await assertRejects(() => loadRoutine(binding, MINUTE, BEFORE));
    assert(error instanceof Error && !error.message.includes(CHANGED));
  }
});

Deno.test({
  name: "loadRoutine() suspects an edit without read permission",
  permissions: { read: false },
  fn: async () => {
    const binding = bindingOf(relay, { fingerprint: "" });
    const load = () => loadRoutine(binding, MINUTE, BEFORE);
    const error = await assertRejects(load, RoutineNotExportedError);
    assertStringIncludes(error.fix ?? "", `if ${module} ${CHANGED}, restart the program`);
  },
});

for (const count of [1, 12]) {
  Deno.test(`loadRoutine() ignores blocking of the thread (${count} modules)`, async () => {
    await using modules = await newModules(count);
    const loading = loadRoutine(bindingOf(relay, { module: modules.url }), 1);
    standStill(30);
    // It has loaded: that a routine is missed in it comes after that.
    await assertRejects(() => loading, RoutineNotExportedError);
  });
}

Deno.test("loadRoutine() times out until the module loads", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  Object.assign(globalThis, { loadsLate: promise });
  const text = "export {}; await globalThis.loadsLate;";
  const binding = bindingOf(relay, { module: `data:text/javascript,${encodeURIComponent(text)}` });
  const load = () => loadRoutine(binding, 1);
  await assertRejects(load, ModuleLoadError, "not done within 1 ms");
  await assertRejects(load, ModuleLoadError, "not done within 1 ms");
  resolve();
  await import(binding.module);
  await assertRejects(load, RoutineNotExportedError);
});
