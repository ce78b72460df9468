import { assertEquals } from "@std/assert";
import { Output, type OutputStream } from "../../src/terminal/output.ts";

/** A stream whose asynchronous writes wait until they are released. */
class FakeStream implements OutputStream {
  text = "";
  isBroken = false;
  #release = Promise.withResolvers<void>();

  isTerminal(): boolean {
    return false;
  }

  /** Writes one byte at a time, as a stream may write less than it was given. */
  writeSync(bytes: Uint8Array): number {
    if (this.isBroken) throw new Deno.errors.BrokenPipe();
    this.text += new TextDecoder().decode(bytes.subarray(0, 1));
    return 1;
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.#release.promise;
    return this.writeSync(bytes);
  }

  release(): void {
    this.#release.resolve();
  }
}

async function settled(output: Output): Promise<void> {
  while (!output.isFree) await new Promise((done) => setTimeout(done, 1));
}

Deno.test("Output.write() writes a text whole", () => {
  const stream = new FakeStream();
  new Output(stream).write("some text");
  assertEquals(stream.text, "some text");
});

Deno.test("Output.offer() drops texts while the reader is slow", async () => {
  const stream = new FakeStream();
  const output = new Output(stream);
  output.offer("one;");
  assertEquals(output.isFree, false);
  output.offer("two;");
  stream.release();
  await settled(output);
  output.offer("three;");
  await settled(output);
  assertEquals(stream.text, "one;three;");
});

Deno.test("Output.finish() writes after an unfinished write", async () => {
  const stream = new FakeStream();
  const output = new Output(stream);
  output.offer("one;");
  output.finish("two;");
  output.finish("three;");
  stream.release();
  await settled(output);
  output.finish("four;");
  assertEquals(stream.text, "one;two;three;four;");
});

Deno.test("Output ignores a reader that has gone", async () => {
  const stream = new FakeStream();
  const output = new Output(stream);
  stream.isBroken = true;
  stream.release();
  output.offer("one");
  await settled(output);
  output.write("two");
  output.finish("three");
  assertEquals(stream.text, "");
});
