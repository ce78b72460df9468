// The other end of the channel to a worker, step by step.

import { assertEquals } from "@std/assert";
import { Bound } from "../../src/pool/bound.ts";
import {
  decodeMessage,
  encodeMessage,
  type FromWorker,
  type ToWorker,
} from "../../src/wire/channel_messages.ts";
import { addTask, newBatch } from "../../src/wire/task_batch.ts";
import { sinner } from "../pool/process_routines.ts";
import { threadsWith } from "../pool/thread_channel.ts";
import { bind } from "../pool/tasks.ts";
import { until } from "../pool/until.ts";

const { message: BINDING, slots } = new Bound(7, bind(sinner));

Deno.test("serveWorker() does not start what it has returned", async () => {
  const heard: FromWorker[] = [];
  const ended = Promise.withResolvers<void>();
  const { send, close } = threadsWith()("w1", {
    message: (bytes) => heard.push(decodeMessage(bytes) as FromWorker),
    ended: () => ended.resolve(),
  });
  const say = (message: ToWorker) => send(encodeMessage(message));
  const saySlot = (task: number, slot: string) => {
    const batch = newBatch();
    addTask(batch, task, "job", `activation ${task}`, undefined, undefined);
    say({ type: "task", cell: [task, 7, slots.indexOf(slot), 1, 0], batch });
  };
  const listens = async (probe: number) => {
    say({ type: "probe", probe });
    await until(() => heard.some((one) => one.type === "listening" && one.probe === probe));
  };
  await until(() => heard.length > 0);
  const at = performance.timeOrigin + performance.now();
  const times = { loadTimeout: 10_000, sentAt: at, heardAt: at, programStartedAt: at };
  say({ type: "start", workerId: "w1", cells: 16, ...times });
  say({ type: "load", binding: BINDING });
  await until(() => JSON.stringify(heard).includes('"loaded"'));
  // Their host would not send the second task, as the first one occupies their strand.
  saySlot(1, "waits");
  saySlot(2, "pid");
  await listens(1);
  assertEquals(heard.filter(({ type }) => type === "returned"), [{ type: "returned", task: 2 }]);
  say({ type: "abort", task: 1, stage: 0, reason: { name: "Error", message: "enough" } });
  await until(() => heard.some((one) => one.type === "items" && one.ends.length > 0));
  await listens(2);
  assertEquals(heard.flatMap((one) => one.type === "items" ? one.ends : []).length, 1);
  close();
  await ended.promise;
});
