// Workers behind a channel that are cheaper than processes: threads, each of which is `far_thread.ts`. The
// channel can be a bad one.

import type { ChannelEvents, StartWorker, WorkerChannel } from "../../faces/pool.ts";
import type { ThreadFaults } from "./far_thread.ts";

/** Returns a function that starts such workers: an option of a `WorkerPool`. */
export function threadsWith({ latency = 0, ...faults }: ChannelFaults = {}): StartWorker {
  return (_workerId: string, events: ChannelEvents): WorkerChannel => {
    const name = JSON.stringify(faults);
    const url = new URL("far_thread.ts", import.meta.url);
    const worker = new Worker(url, { type: "module", name });
    let isOpen = true;
    const deliver = (pass: () => void) => {
      const passIfOpen = () => {
        if (isOpen) pass();
      };
      if (latency > 0) setTimeout(passIfOpen, latency);
      else passIfOpen();
    };
    const end = (why: string) => {
      if (!isOpen) return;
      isOpen = false;
      worker.terminate();
      setTimeout(() => events.ended(why));
    };
    worker.addEventListener("message", ({ data }) => {
      if (data === "left") end("its thread has ended");
      else deliver(() => events.message(data));
    });
    return {
      send: (message) => deliver(() => worker.postMessage(message)),
      close: () => end(""),
    };
  };
}

/** Differences from a channel that works as it should. */
export interface ChannelFaults extends ThreadFaults {
  /** The time that each message is on its way, in milliseconds. */
  readonly latency?: number;
}
