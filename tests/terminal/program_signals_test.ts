import { assertEquals, assertThrows } from "@std/assert";
import { delay } from "@std/async/delay";
import process from "node:process";
import { isListenedTo, onProgramSignals } from "../../src/terminal/program_signals.ts";

Deno.test({
  name: "isListenedTo() counts the listeners of the program alone",
  ignore: Deno.build.os === "windows",
  fn() {
    const handler = () => {};
    using _ = onProgramSignals({ ending() {}, stopping() {}, continued() {} });
    assertEquals(isListenedTo("SIGHUP"), false);
    Deno.addSignalListener("SIGHUP", handler);
    Deno.addSignalListener("SIGHUP", handler);
    assertEquals([isListenedTo("SIGHUP"), isListenedTo("SIGTERM")], [true, false]);
    Deno.removeSignalListener("SIGHUP", handler);
    assertEquals(isListenedTo("SIGHUP"), false);
    process.on("SIGHUP", handler);
    assertEquals(isListenedTo("SIGHUP"), true);
    process.off("SIGHUP", handler);
    assertEquals(isListenedTo("SIGHUP"), false);
  },
});

Deno.test({
  name: "onProgramSignals() leaves a signal to a program that listens to it",
  ignore: Deno.build.os === "windows",
  async fn() {
    let left = 0;
    const ending = () => void left++;
    using _ = onProgramSignals({ ending, stopping: ending, continued() {} });
    let received = 0;
    const handler = () => received++;
    Deno.addSignalListener("SIGHUP", handler);
    try {
      Deno.kill(Deno.pid, "SIGHUP");
      for (let i = 0; received === 0 && i < 10_000; i++) await delay(5);
      assertEquals([received, left], [1, 0]);
    } finally {
      Deno.removeSignalListener("SIGHUP", handler);
    }
  },
});

Deno.test("Deno.addSignalListener() goes on to refuse unknown signals", () => {
  const signal = "SIGNOTHING" as Deno.Signal;
  assertThrows(() => Deno.addSignalListener(signal, () => {}), TypeError);
  assertEquals(isListenedTo(signal), false);
});
