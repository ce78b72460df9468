import { assertEquals, assertStrictEquals } from "@std/assert";
import type { ActivationHost, RunningActivation } from "../../src/worker/running_activation.ts";
import type { BoundRoutine } from "../../src/worker/bound_routine.ts";
import { newActivation } from "./new_activation.ts";

/** An activation whose questions are answered by nothing but its abort. */
function unanswered(): { readonly activation: RunningActivation; readonly asked: string[] } {
  const asked: string[] = [];
  const open = new Set<(reason: unknown) => void>();
  const host: ActivationHost = {
    workerId: "w1",
    ask: (_, { kind }) => {
      asked.push(kind);
      return new Promise((_, reject) => open.add(reject));
    },
    endAsks: (_, reasonOf) => open.forEach((reject) => reject(reasonOf())),
    sendNow() {},
  };
  const message = { checkPayloads: true, slots: ["input"], flowId: "f", routineId: "r" };
  const bound = { events: { item: {} }, config: {}, message } as unknown as BoundRoutine;
  return { activation: newActivation(host, bound), asked };
}

for (const reason of [new RangeError("enough"), { code: 7 }, "enough", null, undefined]) {
  Deno.test(`ctx rejects with ctx.signal.reason on an abort with ${Deno.inspect(reason).split("\n")[0]}`, async () => {
    const { activation, asked } = unanswered();
    const { context } = activation;
    context.emit("item", 1);
    void context.sharedData.update("n", () => 1);
    const reasonOf = (call: Promise<unknown>) => call.then(() => "none", (thrown) => thrown);
    const calls = [context.flush(), context.sharedData.get("key"), context.routineState.get()];
    await Promise.resolve();
    activation.abort(reason);
    const kinds = [...asked];
    for (const call of calls) assertStrictEquals(await reasonOf(call), context.signal.reason);
    assertStrictEquals(await reasonOf(context.flush()), context.signal.reason);
    assertEquals(asked, kinds);
    if (reason !== undefined) assertStrictEquals(context.signal.reason, reason);
  });
}
