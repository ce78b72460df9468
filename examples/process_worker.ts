// A pool whose workers are processes. Run as a program, this file uses such a pool; each worker
// runs the same program with the argument `worker`.
//
//     deno run -A examples/process_worker.ts

import { type ChannelEvents, type WorkerChannel, WorkerPool } from "@millrace/flow/pool";
import { fibonacci } from "./fibonacci.ts";

/** The host's half: starts a process, whose standard input and output are the channel. */
export function startProcess(_workerId: string, events: ChannelEvents): WorkerChannel {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.filename ?? "", "worker"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  // If a message cannot be written, the end of the process is reported with the reason.
  const ignore = () => {};
  const receive = async () => {
    let why = "";
    try {
      for await (const message of framesOf(child.stdout)) events.message(message);
    } catch (error) {
      why = `, after ${error}`;
    }
    const { code, signal } = await child.status;
    await input.abort().catch(ignore);
    events.ended(`its process ended with ${signal ?? `code ${code}`}${why}`);
  };
  void receive();
  return {
    send: (message) => void input.write(frameOf(message)).catch(ignore),
    close() {
      try {
        // Also ends an endless loop.
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
    },
  };
}

/** The worker's half. Ends with its channel. */
async function serve(): Promise<void> {
  // Imported only in the worker, as the module takes over its thread.
  const { serveWorker } = await import("@millrace/flow/worker");
  const { stdin, stdout } = Deno;
  endWithPool();
  // The output is the channel, so routines must not write to it.
  console.log = console.info = console.debug = console.error;
  const receive = serveWorker((message) => {
    // Written before this returns, as a handler may block the process right after that.
    for (let rest = frameOf(message); rest.length > 0;) {
      rest = rest.subarray(stdout.writeSync(rest));
    }
  });
  for await (const message of framesOf(stdin.readable)) receive(message);
  Deno.kill(Deno.pid, "SIGKILL");
}

/**
 * Watches the pool in a separate thread, as a routine that never yields prevents reading the input.
 */
function endWithPool(): void {
  const watchdog = `
    const pool = Deno.ppid;
    setInterval(() => {
      if (Deno.ppid !== pool) Deno.kill(Deno.pid, "SIGKILL");
    }, 500);
  `;
  new Worker(`data:text/javascript,${encodeURIComponent(watchdog)}`, { type: "module" });
}

/**
 * Prefixes a message with its length in four bytes, as a stream of bytes does not separate
 * messages.
 */
export function frameOf(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(4 + message.length);
  new DataView(frame.buffer).setUint32(0, message.length);
  frame.set(message, 4);
  return frame;
}

/** Splits a stream of bytes into messages. */
export async function* framesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let buffer = new Uint8Array(65_536);
  let size = 0;
  for await (const chunk of chunks) {
    if (size + chunk.length > buffer.length) {
      // Twice as long, so that a long message is not copied again for each of its chunks.
      const longer = new Uint8Array(Math.max(2 * buffer.length, size + chunk.length));
      longer.set(buffer.subarray(0, size));
      buffer = longer;
    }
    buffer.set(chunk, size);
    size += chunk.length;
    const view = new DataView(buffer.buffer);
    let at = 0;
    while (size - at >= 4) {
      const end = at + 4 + view.getUint32(at);
      if (end > size) break;
      yield buffer.slice(at + 4, end);
      at = end;
    }
    buffer.copyWithin(0, at, size);
    size -= at;
  }
}

if (import.meta.main) {
  if (Deno.args[0] === "worker") await serve();
  else {
    await using pool = new WorkerPool({ startWorker: startProcess, maxWorkers: 2 });
    const runs = [10, 20, 30].map((n) => pool.run(fibonacci, "n", n));
    const effects = await Promise.all(runs);
    console.log(effects.map(({ emits }) => emits[0]?.payload)); // [ 55, 6765, 832040 ]
  }
}
