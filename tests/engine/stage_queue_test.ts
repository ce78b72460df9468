import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { LiveActivation } from "../../src/engine/job.ts";
import { StageQueue } from "../../src/engine/stage_queue.ts";
import { queuedLive } from "./queued_live.ts";

const STAGES = new Map([["first", 0], ["second", 1], ["twin", 1], ["third", 2]]);

Deno.test("StageQueue.shift() returns activations of later stages first", () => {
  const queue = new StageQueue(STAGES);
  const lives = ["first", "third", "second", "first", "twin", "third"].map((id) =>
    queuedLive("", id)
  );
  for (const live of lives) queue.push(live);
  const order = [1, 5, 2, 4, 0, 3].map((i) => lives[i]);
  assertEquals(lives.map(() => queue.shift()), order);
  assertEquals([queue.size, queue.shift()], [0, undefined]);
});

Deno.test("StageQueue.shift() lets no stage starve", () => {
  const queue = new StageQueue(STAGES);
  queue.push(queuedLive("", "first"));
  const stages: string[] = [];
  for (let i = 0; i < 40; i++) {
    queue.push(queuedLive("", "third"));
    stages.push(queue.shift()?.activation.routineId ?? "");
  }
  assertEquals(stages.indexOf("first"), 16);
});

Deno.test("StageQueue.shift() gives each earlier stage its turn", () => {
  const queue = new StageQueue(STAGES);
  const ids = ["first", "second", "third"];
  for (const id of ids) queue.push(queuedLive("", id));
  const stages: string[] = [];
  for (let i = 0; i < 17 * 4; i++) {
    const routineId = queue.shift()?.activation.routineId ?? "";
    stages.push(routineId);
    queue.push(queuedLive("", routineId));
  }
  const earlier = stages.flatMap((id, i) => id === "third" ? [] : [[id, i]]);
  assertEquals(earlier, [["first", 16], ["second", 33], ["first", 50], ["second", 67]]);
});

Deno.test("StageQueue without stages returns activations in their order", () => {
  const queue = new StageQueue(undefined);
  const lives = ["third", "first", "second"].map((id) => queuedLive("", id));
  for (const live of lives) queue.push(live);
  assertEquals(lives.map(() => queue.shift()), lives);
});

Deno.test("StageQueue follows a model", () => {
  const actions = fc.array(fc.tuple(
    fc.constantFrom("push", "push", "push", "shift", "shift", "unshift", "remove", "clear"),
    fc.constantFrom(...STAGES.keys()),
    fc.nat(50),
  ));
  fc.assert(
    fc.property(actions, (actions) => {
      const queue = new StageQueue(STAGES);
      let model: LiveActivation[] = [];
      let since = 0;
      let last = -1;
      const stageOf = ({ activation: { routineId } }: LiveActivation) => STAGES.get(routineId)!;
      /** The one that is next, by the model. */
      const next = () => {
        const stages = model.map(stageOf);
        const [latest, earliest] = [Math.max(...stages), Math.min(...stages)];
        const later = Math.min(...stages.filter((stage) => stage > last && stage < latest));
        const wanted = since < 16 ? latest : later < Infinity ? later : earliest;
        return model.find((live) => stageOf(live) === wanted);
      };
      for (const [what, routineId, pick] of actions) {
        const live = queuedLive("", routineId);
        switch (what) {
          case "push":
            queue.push(live);
            model.push(live);
            break;
          case "unshift":
            queue.unshift(live);
            model.unshift(live);
            break;
          case "remove": {
            const one = model[pick];
            assertEquals(queue.remove(one ?? live), one !== undefined);
            model = model.filter((live) => live !== one);
            break;
          }
          case "clear":
            if (pick > 3) break;
            queue.clear();
            model = [];
            since = 0;
            last = -1;
            break;
          case "shift": {
            const expected = next();
            assertEquals(queue.peek(), expected);
            assertEquals(queue.shift(), expected);
            if (expected === undefined) {
              since = 0;
              break;
            }
            if (since >= 16) last = stageOf(expected);
            if (since >= 16 || stageOf(expected) === Math.min(...model.map(stageOf))) since = 0;
            else since++;
            model = model.filter((live) => live !== expected);
          }
        }
        assertEquals(queue.size, model.length);
        assertEquals(queue.peek(), next());
      }
    }),
    { numRuns: 500 },
  );
});
