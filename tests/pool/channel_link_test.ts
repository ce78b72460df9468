// The code of the user behind a channel: when its events are passed on, and what becomes of its failures.

import { assertEquals, assertMatch } from "@std/assert";
import type { ChannelEvents, StartWorker, WorkerChannel } from "../../faces/pool.ts";
import { ChannelLink } from "../../src/pool/channel_link.ts";
import { until } from "./until.ts";

const BYTES = Uint8Array.of(1);

/** A link, and what it has reported. */
class Linked {
  readonly heard: string[] = [];
  readonly link: ChannelLink;

  constructor(start: StartWorker) {
    this.link = new ChannelLink("w1", start, {
      message: ([byte]) => this.heard.push(`message ${byte}`),
      failed: (why) => this.heard.push(`failed: ${why}`),
      ended: (why) => this.heard.push(`ended: ${why}`),
    });
  }

  /** Waits for a number of events. */
  async hears(events: number): Promise<string[]> {
    await until(() => this.heard.length >= events);
    return this.heard;
  }
}

Deno.test("ChannelLink passes on the events that come while the channel is made", async () => {
  let wasMade = false;
  const linked = new Linked((_, { message, ended }) => {
    message(Uint8Array.of(1));
    message(Uint8Array.of(2));
    ended("at once");
    wasMade = linked.heard.length === 0;
    return { send() {}, close() {} };
  });
  assertEquals(await linked.hears(3), ["message 1", "message 2", "ended: at once"]);
  assertEquals(wasMade, true);
});

Deno.test("ChannelLink passes on the events that come from within a method later, in order", async () => {
  const events = Promise.withResolvers<ChannelEvents>();
  const linked = new Linked((_, made) => {
    events.resolve(made);
    const send = () => made.message(BYTES);
    return { send, close: () => made.ended("closed") };
  });
  await events.promise;
  await Promise.resolve();
  linked.link.send(BYTES);
  linked.link.close();
  assertEquals(linked.heard, []);
  assertEquals(await linked.hears(2), ["message 1", "ended: closed"]);
});

Deno.test("ChannelLink closes a channel that is made while its worker is being ended", async () => {
  let closed = 0;
  const linked = new Linked((_, { ended }) => {
    linked.link.close();
    return {
      send() {},
      close() {
        closed++;
        ended("closed");
      },
    };
  });
  assertEquals(await linked.hears(1), ["ended: closed"]);
  assertEquals(closed, 1);
});

Deno.test("ChannelLink makes no channel for a worker that was ended", async () => {
  const linked = new Linked(() => {
    throw new Error("too late");
  });
  linked.link.close();
  assertEquals(await linked.hears(1), ["ended: its channel gave no reason"]);
});

Deno.test("ChannelLink reports a start that fails in a turn of the event loop of its own", async () => {
  const linked = new Linked(() => {
    throw new RangeError("no such host");
  });
  for (let i = 0; i < 100; i++) await Promise.resolve();
  assertEquals(linked.heard, []);
  assertEquals(await linked.hears(1), ["ended: RangeError: no such host"]);
});

Deno.test("ChannelLink refuses what is no channel, and closes what a promise becomes", async () => {
  const noChannel = new Linked(() => ({ send() {} }) as unknown as WorkerChannel);
  assertMatch((await noChannel.hears(1))[0] ?? "", /`startWorker` returned no channel/);
  const closed = Promise.withResolvers<void>();
  const starts = [
    () => Promise.resolve({ send() {}, close: () => closed.resolve() }),
    () => Promise.reject(new Error("refused")),
  ];
  for (const start of starts) {
    const linked = new Linked(() => start() as unknown as WorkerChannel);
    assertMatch(
      (await linked.hears(1))[0] ?? "",
      /returned a promise, so return a channel at once/,
    );
  }
  await closed.promise;
});

Deno.test("ChannelLink reports a message that cannot be sent, now or later", async () => {
  const sends = [
    () => {
      throw new RangeError("not connected");
    },
    () => Promise.reject(new RangeError("not connected")),
  ];
  for (const send of sends) {
    const linked = new Linked(() => ({ send, close() {} }));
    await Promise.resolve();
    linked.link.send(BYTES);
    assertEquals(linked.heard, []);
    assertEquals(await linked.hears(1), ["failed: RangeError: not connected"]);
  }
});
