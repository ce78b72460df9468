import {
  defineRoutine,
  event,
  type EventPort,
  Flow,
  type RoutineContext,
  slot,
} from "@millrace/flow";
import type { Routine, RoutineOptions, Slot, Slots } from "@millrace/flow";
import type { RunEffects } from "@millrace/flow/pool";
import { WorkerPool } from "@millrace/flow/pool";
import { compiles, isTrue, type Same } from "./type_checks.ts";
import { sink } from "./routines.ts";

interface Inputs {
  readonly level: Slot<number>;
}

interface Outputs {
  readonly high: EventPort<{ level: number }>;
  readonly low: EventPort<void>;
}

interface Settings {
  readonly limit: number;
}

const slots: Inputs = { level: slot<number>() };
const events: Outputs = { high: event<{ level: number }>(), low: event<void>() };

function report(level: number, ctx: RoutineContext<Outputs, Settings>): void {
  if (level > ctx.config.limit) ctx.emit("high", { level });
  else ctx.emit("low");
}

const options: RoutineOptions<Inputs, Outputs, Settings> = {
  slots,
  events,
  config: { limit: 5 },
  handlers: { level: report },
};

const gauge: Routine<Inputs, Outputs, Settings> = defineRoutine(import.meta, options);

Deno.test("defineRoutine() accepts interfaces", () => {
  const inferred = defineRoutine(import.meta, {
    slots,
    events,
    handlers: {
      level(level, ctx) {
        isTrue<Same<typeof level, number>>();
        isTrue<Same<Parameters<typeof ctx.emit>[0], "high" | "low">>();
      },
    },
  });
  compiles(() =>
    new Flow()
      .add("gauge", gauge, { config: { limit: 6 } })
      .add("inferred", inferred)
      .start("inferred.level", 1)
  );
});

Deno.test("Flow checks routines whose slots are interfaces", () => {
  const flow = () => new Flow().add("gauge", gauge).add("sink", sink);
  compiles(() => {
    flow().start("gauge.level", 1);
    flow().connect("gauge.high", "sink.level").connect("gauge.low", "sink.anything");
    // @ts-expect-error a level is a number
    flow().start("gauge.level", "1");
    // @ts-expect-error an object is no number
    flow().connect("gauge.high", "gauge.level");
    // @ts-expect-error it is called "high"
    flow().connect("gauge.higher", "sink.level");
  });
});

Deno.test("WorkerPool.run() types a routine with interfaces", () => {
  compiles(async () => {
    const effects = await new WorkerPool().run(gauge, "level", 1);
    isTrue<Same<typeof effects, RunEffects<Outputs>>>();
    // @ts-expect-error it is called "level"
    await new WorkerPool().run(gauge, "levels", 1);
  });
});

Deno.test("Routine rejects interfaces with other members", () => {
  interface Mixed {
    readonly level: Slot<number>;
    readonly count: number;
  }
  // @ts-expect-error a number is no slot
  compiles(() => undefined as unknown as Routine<Mixed>);
  // @ts-expect-error a slot is no event
  compiles(() => undefined as unknown as RoutineContext<Inputs>);
});

Deno.test("Slots accepts the slots of any routine", () => {
  compiles(() => ({ ...slots }) satisfies Slots);
});
