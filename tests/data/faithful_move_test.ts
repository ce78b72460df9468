import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { faithfulMove, shownCopy } from "../../src/data/faithful_copy.ts";
import { UncloneableValueError } from "../../src/errors/value_errors.ts";

Deno.test("faithfulMove() detaches the original buffer", () => {
  const { buffer } = Uint8Array.of(1, 2, 3);
  const { payload, transfer } = faithfulMove({ buffer }, "payload", [buffer]);
  assertEquals(buffer.byteLength, 0);
  const moved = (payload as { buffer: ArrayBuffer }).buffer;
  assertEquals([...new Uint8Array(moved)], [1, 2, 3]);
  assertStrictEquals(transfer[0], moved, "so that it can be moved on");
});

Deno.test("faithfulMove() moves a view with its buffer", () => {
  const view = Uint16Array.of(1, 2, 3).subarray(1);
  const { payload } = faithfulMove({ view, again: view }, "payload", [view.buffer]);
  const moved = payload as { view: Uint16Array; again: Uint16Array };
  assertEquals([...moved.view], [2, 3]);
  assertEquals(moved.view.byteOffset, 2);
  assertStrictEquals(moved.view, moved.again);
  assertEquals(view.byteLength, 0);
});

Deno.test("faithfulMove() copies values outside the transfer list", () => {
  const kept = Uint8Array.of(7);
  const list = [1];
  const moved = new ArrayBuffer(1);
  const { payload } = faithfulMove({ kept, list, moved }, "payload", [moved]);
  list.push(2);
  kept[0] = 8;
  assertEquals((payload as { list: number[] }).list, [1]);
  assertEquals([...(payload as { kept: Uint8Array }).kept], [7]);
});

Deno.test("faithfulMove() moves a connected port", async () => {
  const { port1, port2 } = new MessageChannel();
  const { payload } = faithfulMove({ port: port2 }, "payload", [port2]);
  const { port } = payload as { port: MessagePort };
  const heard = Promise.withResolvers<unknown>();
  port.onmessage = ({ data }) => heard.resolve(data);
  port1.postMessage("hello");
  assertEquals(await heard.promise, "hello");
  port.close();
  port1.close();
});

Deno.test("faithfulMove() moves nothing when it throws", () => {
  const buffer = new ArrayBuffer(4);
  const bad = { buffer, at: [new URL("file:///a")] };
  const error = assertThrows(
    () => faithfulMove(bad, "payload", [buffer]),
    UncloneableValueError,
  );
  assertEquals(error.path, "payload.at[0]");
  assertEquals(buffer.byteLength, 4);
});

Deno.test("faithfulMove() leaves shared memory shared", () => {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const buffer = new ArrayBuffer(1);
  const { payload } = faithfulMove({ shared, buffer }, "payload", [buffer]);
  const there = (payload as { shared: Int32Array }).shared;
  Atomics.store(there, 0, 5);
  assertEquals(Atomics.load(shared, 0), 5);
  assert(there.buffer instanceof SharedArrayBuffer);
});

Deno.test("shownCopy() shows detached views as empty", () => {
  const buffer = new ArrayBuffer(8);
  const kept = { bytes: new Uint8Array(buffer, 4), view: new DataView(buffer, 2) };
  buffer.transfer();
  const shown = shownCopy(kept);
  assertEquals([shown.bytes.byteLength, shown.view.byteLength], [0, 0]);
});

const gone = new ArrayBuffer(1);
gone.transfer();

for (
  const [what, item, reason] of [
    ["a view", Uint8Array.of(1), "name its `buffer`"],
    ["a buffer that was moved away", gone, "was moved away"],
    ["shared memory", new SharedArrayBuffer(1), "leave it out"],
    ["an object", {}, "plain data"],
    ["a list", [1], "plain data"],
    ["a text", "bytes", "is a string"],
    ["nothing", undefined, "is undefined"],
    ["null", null, "is null"],
    ["an object of a class", new Map(), "cannot be moved"],
    ["a stream that is read", lockedStream(), "cannot be moved"],
  ] as const
) {
  Deno.test(`faithfulMove() refuses to move ${what}, and says where it is`, () => {
    const buffer = new ArrayBuffer(4);
    const transfer = [buffer, item as unknown as Transferable];
    const what = 'payload of "out"';
    const error = assertThrows(
      () => faithfulMove({ buffer, item: 1 }, what, transfer),
      UncloneableValueError,
      reason,
    );
    assert([`transfer[1] of the ${what}`, `transfer of the ${what}`].includes(error.path));
    if (error.path.startsWith("transfer[")) assertEquals(buffer.byteLength, 4);
  });
}

Deno.test("faithfulMove() refuses to move one object twice", () => {
  const buffer = new ArrayBuffer(4);
  const error = assertThrows(
    () => faithfulMove(buffer, "payload", [buffer, buffer]),
    UncloneableValueError,
    "twice",
  );
  assertEquals([error.path, buffer.byteLength], ["transfer[1] of the payload", 4]);
});

function lockedStream(): ReadableStream {
  const stream = new ReadableStream();
  stream.getReader();
  return stream;
}
