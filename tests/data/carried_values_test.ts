// Law 7, both ways: what the platform carries whole to another thread is copied, all else is refused.

import { assert, assertEquals, assertNotStrictEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { createSecretKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { copyPayload, faithfulCopy, faithfulMove } from "../../src/data/faithful_copy.ts";
import { UncloneableValueError } from "../../src/errors/value_errors.ts";
import { Echo } from "./echo.ts";

/** A module of WebAssembly that exports an addition. */
const ADDITION = new Uint8Array(
  // deno-fmt-ignore
  [0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 127, 127, 1, 127, 3, 2, 1, 0, 7, 7, 1, 3, 97, 100, 100,
   0, 0, 10, 9, 1, 7, 0, 32, 0, 32, 1, 106, 11],
);

const aes = await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, true, ["encrypt"]);
const signing = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
  "sign",
  "verify",
]);

/** A kind of object, and what makes one of its instances different from another. */
interface Kind {
  make(): object;
  describe?(value: never): unknown;
}

function keyed(make: () => CryptoKey): Kind {
  return { make, describe: (key: CryptoKey) => crypto.subtle.exportKey("jwk", key) };
}

const KINDS: Readonly<Record<string, Kind>> = {
  "a WebAssembly.Module": {
    make: () => new WebAssembly.Module(ADDITION),
    describe: (module: WebAssembly.Module) => {
      const { add } = new WebAssembly.Instance(module).exports;
      return (add as (a: number, b: number) => number)(2, 3);
    },
  },
  "a shared WebAssembly.Memory": {
    make: () => new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true }),
    describe: ({ buffer }: WebAssembly.Memory) => [buffer.byteLength, new Uint8Array(buffer)[0]],
  },
  "a CryptoKey": keyed(() => aes),
  "a public CryptoKey": keyed(() => signing.publicKey),
  "a private CryptoKey": keyed(() => signing.privateKey),
  "a DOMException": {
    make: () => new DOMException("took too long", "TimeoutError"),
    describe: ({ name, message, code, stack }: DOMException) => [name, message, code, stack],
  },
  "a secret KeyObject": {
    make: () => createSecretKey(Buffer.from("0123456789abcdef")),
    describe: (key: KeyObject) => key.export({ format: "jwk" }),
  },
  "a private KeyObject": {
    make: () => generateKeyPairSync("ed25519").privateKey,
    describe: (key: KeyObject) => key.export({ format: "jwk" }),
  },
  "a Blob": { make: () => new Blob(["ab"]), describe: (blob: Blob) => blob.text() },
  "a File": { make: () => new File(["a"], "n"), describe: ({ name, size }: File) => [name, size] },
  "shared memory": {
    make: () => new SharedArrayBuffer(4),
    describe: ({ byteLength }: SharedArrayBuffer) => byteLength,
  },
  "growable shared memory": {
    make: () => new SharedArrayBuffer(4, { maxByteLength: 8 }),
    describe: ({ byteLength, growable }: SharedArrayBuffer) => [byteLength, growable],
  },
  "a Date": { make: () => new Date(5), describe: Number },
  "a RegExp": { make: () => /a+/giu, describe: String },
  "a Map": { make: () => new Map([[1, { a: 2 }]]), describe: Deno.inspect },
  "a Set": { make: () => new Set([1]), describe: Deno.inspect },
  "a boxed number": { make: () => Object(1), describe: Number },
  "a boxed string": { make: () => Object("ab"), describe: String },
  "a boxed bigint": { make: () => Object(1n), describe: String },
  "a buffer": { make: () => ADDITION.slice().buffer, describe: Deno.inspect },
  "a Float16Array": { make: () => Float16Array.of(0.5), describe: Deno.inspect },
  "a DataView": { make: () => new DataView(new ArrayBuffer(2)), describe: Deno.inspect },
  "a TypeError": {
    make: () => new TypeError("no", { cause: 1 }),
    describe: ({ message, cause, stack }: TypeError) => [message, cause, stack],
  },
  "unshared WebAssembly.Memory": { make: () => new WebAssembly.Memory({ initial: 1 }) },
  "a WebAssembly.Instance": {
    make: () => new WebAssembly.Instance(new WebAssembly.Module(ADDITION)),
  },
  "a WebAssembly.Table": {
    make: () => new WebAssembly.Table({ initial: 1, element: "anyfunc" }),
  },
  "a WebAssembly.Global": { make: () => new WebAssembly.Global({ value: "i32" }, 1) },
  "a WebAssembly.CompileError": { make: () => new WebAssembly.CompileError("no") },
  "an AggregateError": { make: () => new AggregateError([1]) },
  "a SuppressedError": { make: () => new SuppressedError(1, 2) },
  "a QuotaExceededError": { make: () => new globals.QuotaExceededError!("no") },
  "a Deno.errors.NotFound": { make: () => new Deno.errors.NotFound("no") },
  "a Buffer": { make: () => Buffer.from("ab") },
  "ImageData": { make: () => new ImageData(1, 1) },
  "a DOMMatrix": { make: () => new globals.DOMMatrix!() },
  "a DOMPoint": { make: () => new globals.DOMPoint!() },
  "a Temporal.Duration": { make: () => new Temporal.Duration(1) },
  "a URL": { make: () => new URL("file:///a") },
  "URLSearchParams": { make: () => new URLSearchParams("a=1") },
  "a URLPattern": { make: () => new URLPattern() },
  "Headers": { make: () => new Headers({ a: "b" }) },
  "a Request": { make: () => new Request("http://localhost") },
  "a Response": { make: () => new Response("") },
  "FormData": { make: () => new FormData() },
  "a ReadableStream": { make: () => new ReadableStream() },
  "an AbortSignal": { make: () => new AbortController().signal },
  "an Event": { make: () => new Event("a") },
  "a TextDecoder": { make: () => new TextDecoder() },
  "an Intl.Locale": { make: () => new Intl.Locale("en") },
  "a WeakMap": { make: () => new WeakMap() },
  "a WeakRef": { make: () => new WeakRef({}) },
  "an iterator": { make: () => [1].values() },
  "a boxed symbol": { make: () => Object(Symbol("s")) },
  "a DisposableStack": { make: () => new DisposableStack() },
  "an object of a class": { make: () => new (class Point {})() },
  "a subclass of Map": { make: () => new (class Index extends Map {})() },
  "an object that inherits from Map": { make: () => Object.create(Map.prototype) },
  "an object that inherits from Date": { make: () => Object.create(Date.prototype) },
  "an object that inherits from Array": { make: () => Object.create(Array.prototype) },
  "an object that inherits from Error": { make: () => Object.create(Error.prototype) },
  "an object that inherits from ArrayBuffer": { make: () => Object.create(ArrayBuffer.prototype) },
  "an object that inherits from Uint8Array": { make: () => Object.create(Uint8Array.prototype) },
};

/** Classes that some versions of TypeScript do not know. */
const globals = globalThis as unknown as Readonly<
  Record<string, new (...args: string[]) => object>
>;

/** Describes what distinguishes a value from other instances of its class. */
function descriptionOf({ describe }: Kind, value: object): Promise<unknown> {
  return Promise.resolve(describe?.(value as never));
}

/** Checks whether both ways of the platform return a value of the same class with the same content. */
async function isCarried(kind: Kind, value: object, echo: Echo): Promise<boolean> {
  const prototype = Object.getPrototypeOf(value);
  try {
    const cloned = structuredClone(value);
    const { kind: there, value: echoed } = await echo.send(value);
    if (there !== value.constructor.name) return false;
    if ([cloned, echoed].some((back) => Object.getPrototypeOf(back) !== prototype)) return false;
    const described = await descriptionOf(kind, value);
    for (const back of [cloned, echoed]) assertEquals(await descriptionOf(kind, back), described);
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === "DataCloneError") return false;
    throw error;
  }
}

Deno.test("faithfulCopy() accepts exactly what postMessage() preserves", async (t) => {
  using echo = new Echo();
  let carried = 0;
  for (const [name, kind] of Object.entries(KINDS)) {
    await t.step(`faithfulCopy() agrees with postMessage() on ${name}`, async () => {
      const value = kind.make();
      if (!await isCarried(kind, value, echo)) {
        assertEquals(kind.describe, undefined, "it is known to be carried");
        const error = assertThrows(() => faithfulCopy([value], "payload"), UncloneableValueError);
        assertEquals(error.path, "payload[0]");
        return;
      }
      carried++;
      const { value: there } = await echo.send(faithfulCopy(value, "payload") as object);
      assertEquals(Object.getPrototypeOf(there), Object.getPrototypeOf(value));
      assertEquals(await descriptionOf(kind, there), await descriptionOf(kind, value));
    });
  }
  assert(carried > 20, `${carried} kinds of value are carried`);
});

Deno.test("faithfulMove() preserves values beside a moved buffer", async () => {
  for (const [name, kind] of Object.entries(KINDS)) {
    if (kind.describe === undefined) continue;
    const value = kind.make();
    const buffer = new ArrayBuffer(2);
    const { payload } = faithfulMove({ value, buffer }, "payload", [buffer]);
    const moved = (payload as { value: object }).value;
    assertEquals(Object.getPrototypeOf(moved), Object.getPrototypeOf(value), name);
    assertEquals(await descriptionOf(kind, moved), await descriptionOf(kind, value), name);
  }
});

Deno.test("faithfulCopy() leaves WebAssembly memory shared", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const copy = faithfulCopy({ memory }, "payload") as { memory: WebAssembly.Memory };
  new Uint8Array(memory.buffer)[7] = 5;
  assertEquals(new Uint8Array(copy.memory.buffer)[7], 5);
});

Deno.test("faithfulCopy() throws on fields added to platform objects", () => {
  for (const value of [new DOMException("no"), new WebAssembly.Module(ADDITION), aes]) {
    const own = Object.assign(value, { note: 1 });
    const error = assertThrows(() => faithfulCopy([own], "payload"), UncloneableValueError);
    assertEquals(error.path, "payload[0].note");
    delete (own as { note?: number }).note;
  }
});

Deno.test("UncloneableValueError.message suggests how to send a Buffer", () => {
  const refused = (value: unknown) =>
    assertThrows(() => faithfulCopy({ value }, "payload"), UncloneableValueError);
  const buffer = Buffer.from("abc");
  const { message, path } = refused(buffer);
  assertEquals(path, "payload.value");
  assert(message.includes("`new Uint8Array(buffer)`"), message);
  const copy = faithfulCopy(new Uint8Array(buffer), "payload") as Uint8Array;
  assertEquals([...copy], [97, 98, 99]);
  assertEquals(copy.buffer.byteLength, 3, "and nothing of the memory beside it");
  class Samples extends Float32Array {}
  assert(refused(new Samples(1)).message.includes("`new Float32Array(value)`"));
});

Deno.test("copyPayload() copies an unchecked Buffer", () => {
  const buffer = Buffer.from("abc");
  const copy = copyPayload({ buffer }, "payload", false) as { buffer: Uint8Array };
  assertEquals([...copy.buffer], [97, 98, 99]);
  assertNotStrictEquals(copy.buffer.buffer, buffer.buffer);
});
