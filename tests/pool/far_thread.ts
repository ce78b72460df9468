// The program of the workers of `thread_channel.ts`.

/** Differences from the end of a channel that works as it should. */
export interface ThreadFaults {
  /** The length of the longest message that the worker can send, in bytes. */
  readonly limit?: number;
  /** `true` if a message leaves the worker in a later turn of its event loop. */
  readonly isLate?: boolean;
}

interface Scope extends EventTarget {
  readonly name: string;
  postMessage(message: unknown): void;
}

const scope = globalThis as unknown as Scope;
const { limit = Infinity, isLate = false } = JSON.parse(scope.name) as ThreadFaults;
const postMessage = scope.postMessage.bind(scope);

// The other end of a port does not notice that the thread has ended.
const { exit } = Deno;
Deno.exit = (code) => {
  postMessage("left");
  return exit(code);
};

const { serveWorker } = await import("../../faces/worker.ts");
const receive = serveWorker((message) => {
  if (message.length > limit) throw new RangeError("the message is too long");
  if (isLate) setTimeout(() => postMessage(message));
  else postMessage(message);
});
scope.addEventListener("message", (event) => receive((event as MessageEvent).data));
