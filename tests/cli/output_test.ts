import { assertEquals, assertThrows } from "@std/assert";
import { ClosedOutput, Output } from "../../src/cli/output.ts";

Deno.test("Output.text() waits for the reader of a pipe that does not block", () => {
  let tries = 0;
  let received = "";
  const write = (bytes: Uint8Array) => {
    if (++tries % 2 === 1) throw new Deno.errors.WouldBlock("full");
    received += new TextDecoder().decode(bytes.subarray(0, 3));
    return Math.min(3, bytes.length);
  };
  withStdout(write, () => new Output(false).text("all of it"));
  assertEquals([received, tries], ["all of it", 6]);
});

Deno.test("Output.text() reports that nobody reads any more", () => {
  const write = () => {
    throw new Deno.errors.BrokenPipe("closed");
  };
  withStdout(write, () => assertThrows(() => new Output(false).text("x"), ClosedOutput));
});

function withStdout(write: (bytes: Uint8Array) => number, run: () => void): void {
  const { writeSync } = Deno.stdout;
  Deno.stdout.writeSync = write;
  try {
    run();
  } finally {
    Deno.stdout.writeSync = writeSync;
  }
}
