// Workers that are processes: a Deno for each, with its standard input and output as the channel. As a
// program, this file is such a worker.

import type { ChannelEvents, WorkerChannel } from "../../faces/pool.ts";
import { frameOf, framesOf } from "../../examples/process_worker.ts";
import { inheritedStdFlags } from "../../tools/std_flags.ts";

/** The processes that run. */
export const processes = new Set<Deno.ChildProcess>();

/** Starts a worker in a process of its own: an option of a `WorkerPool`. */
export function startProcess(_workerId: string, events: ChannelEvents): WorkerChannel {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ...inheritedStdFlags(), new URL(import.meta.url).pathname],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  processes.add(child);
  const writer = child.stdin.getWriter();
  const ignore = () => {};
  const read = async () => {
    try {
      for await (const frame of framesOf(child.stdout)) events.message(frame);
    } finally {
      const { code, signal } = await child.status;
      await writer.abort().catch(ignore);
      processes.delete(child);
      events.ended(`its process ended, ${signal === null ? `with code ${code}` : `by ${signal}`}`);
    }
  };
  void read();
  return {
    // The end of the process says why, if a message cannot be written.
    send: (message) => void writer.write(frameOf(message)).catch(ignore),
    close() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
    },
  };
}

async function serve(): Promise<void> {
  const { serveWorker } = await import("../../faces/worker.ts");
  const { exit } = Deno;
  const { stdin, stdout } = Deno;
  // The output is the channel.
  console.log = console.info = console.debug = console.error;
  const receive = serveWorker((message) => {
    for (let rest = frameOf(message); rest.length > 0;) {
      rest = rest.subarray(stdout.writeSync(rest));
    }
  });
  for await (const frame of framesOf(stdin.readable)) receive(frame);
  exit();
}

/** Ends a worker whose pool is gone, also one that loops forever and reads nothing any more. */
const WATCHDOG = `
  const pool = Deno.ppid;
  setInterval(() => {
    if (Deno.ppid !== pool) Deno.kill(Deno.pid, "SIGKILL");
  }, 500);
`;

if (import.meta.main) {
  new Worker(`data:text/javascript,${encodeURIComponent(WATCHDOG)}`, { type: "module" });
  await serve();
}
