import type { JobEvent } from "@millrace/flow";
import { assertEquals } from "@std/assert";
import { EventFeed } from "../../src/flow/event_feed.ts";

const BOUND = { maxUnread: 10, whenFull: "drop", maxWait: 1 } as const;

function read(feed: EventFeed, jobId: string | undefined) {
  return feed.read({ jobId, after: 0, stored: [], signal: undefined }, BOUND, false);
}

/** An event that counts the reads of its fields. */
function counted(jobId: string, seq: number, type: "job_paused" | "job_completed" = "job_paused") {
  const event = { looks: 0, type, jobId, seq, at: 0 };
  const looked = new Proxy(event, {
    get(target, field) {
      target.looks++;
      return Reflect.get(target, field);
    },
  });
  return { event, looked: looked as unknown as JobEvent };
}

Deno.test("EventFeed.publish() skips the readers of other jobs", () => {
  const looks = [0, 10_000].map((readers) => {
    const feed = new EventFeed("flow");
    read(feed, "mine");
    for (let i = 0; i < readers; i++) read(feed, `other${i}`);
    const { event, looked } = counted("mine", 1);
    feed.publish(looked);
    return event.looks;
  });
  assertEquals(looks[0], looks[1]);
});

Deno.test("EventFeed.publish() reaches job readers and global readers", async () => {
  const feed = new EventFeed("flow");
  const [mine, others, all] = [read(feed, "mine"), read(feed, "other"), read(feed, undefined)];
  feed.publish(counted("mine", 1).looked);
  feed.publish(counted("mine", 2, "job_completed").looked);
  feed.close();
  const seen = await Promise.all([mine, others, all].map((events) => Array.fromAsync(events)));
  assertEquals(seen.map((events) => events.map(({ seq }) => seq)), [[1, 2], [], [1, 2]]);
});

Deno.test("EventFeed.read() skips seen events and ends with the job", async () => {
  const feed = new EventFeed("flow");
  const stored = [1, 2].map((seq) => counted("mine", seq).looked);
  const start = { jobId: "mine", signal: undefined };
  const behind = feed.read({ ...start, after: 0, stored }, BOUND, false);
  const ahead = feed.read({ ...start, after: 9, stored: [] }, BOUND, false);
  for (const seq of [2, 3]) feed.publish(counted("mine", seq).looked);
  feed.publish(counted("mine", 4, "job_completed").looked);
  const seen = await Promise.all([behind, ahead].map((events) => Array.fromAsync(events)));
  assertEquals(seen.map((events) => events.map(({ seq }) => seq)), [[1, 2, 3, 4], []]);
});
