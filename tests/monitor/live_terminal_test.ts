// The live monitor in a real terminal: what a user sees, at several sizes, and in what state the terminal is left.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { widthOf } from "../../src/terminal/width_of.ts";
import type { Program } from "./program/main.ts";
import { inTmux, TerminalWindow, type WindowSize } from "./terminal_window.ts";

const USUAL: WindowSize = { columns: 80, rows: 24 };

const SIZES: readonly WindowSize[] = [
  USUAL,
  { columns: 40, rows: 10 },
  { columns: 200, rows: 50 },
  { columns: 20, rows: 5 },
  { columns: 300, rows: 12 },
];

/** The state of a terminal that no program has changed. */
const IN_ORDER = { isCursorVisible: true, isWrapping: true, isWhole: true };

/** A program whose jobs never end, with logs before its end. */
const ENDLESS: Program = { jobs: 3, logs: 20, logMs: 20, work: { ms: 600_000 } };

/** The heading of the block. */
const HEADING = /^orders\S* .*(\d of [\d,]+ jobs|\d\/\d)/m;

/**
 * Returns the lines that were logged. A line that was printed while the terminal had its new size and the program had
 * not heard of it stands on a row of the old block: remains of that can follow it, and if the row was wrapped, the
 * terminal joins it with the next one.
 */
function logged(lines: readonly string[], who: string): string[] {
  return lines.flatMap((line) => line.match(new RegExp(`<${who}[^>]*>`, "g")) ?? []);
}

function numbered(who: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `<${who} line ${i}>`);
}

/** Asserts that a block stands once, directly below the last log line, and that the terminal is in order. */
async function assertLeft(terminal: TerminalWindow, logs: number): Promise<string[]> {
  assertEquals(await terminal.state(), IN_ORDER);
  // The terminal itself shows that Ctrl-C was pressed.
  const lines = (await terminal.scrollback()).filter((line) => line !== "^C");
  assertEquals(lines.slice(0, logs), numbered("main", logs));
  assertMatch(lines[logs] ?? "", HEADING);
  assertEquals(lines.filter((line) => HEADING.test(line)).length, 1, lines.join("\n"));
  return lines.slice(logs);
}

for (const size of SIZES) {
  const { columns, rows } = size;
  Deno.test({
    ...inTmux(`monitor() fits 500 jobs into a window of ${columns}x${rows}`),
    async fn() {
      const program = { jobs: 500, logs: 60, logMs: 5, work: { ms: 1, fails: 2 } };
      await using terminal = await TerminalWindow.open(program, size);
      const during = await terminal.until((_, text) => /\d+ (completed|done|exec)/.test(text));
      assert(during.every((line) => widthOf(line) <= columns), during.join("\n"));
      const { isCursorVisible, isWhole } = await terminal.state();
      assertEquals({ isCursorVisible, isWhole }, { isCursorVisible: true, isWhole: false });
      assertEquals(await terminal.ended(), 0);
      // The last frame stands once, below the logs, and nothing is left of the others.
      const last = await assertLeft(terminal, 60);
      assertEquals(last.slice(-2), ["<the end>", "[exit 0]"]);
      assert(last.length - 2 <= Math.ceil(rows * 2 / 3), last.join("\n"));
    },
  });
}

Deno.test({
  ...inTmux("monitor() keeps the lines of workers and subprocesses in their order"),
  async fn() {
    const program = { jobs: 4, logs: 100, childLogs: 100, work: { ms: 3, logs: 15 } };
    await using terminal = await TerminalWindow.open(program, USUAL);
    assertEquals(await terminal.ended(), 0);
    const lines = await terminal.scrollback();
    assertEquals(logged(lines, "main"), numbered("main", 100));
    assertEquals(logged(lines, "child"), numbered("child", 100));
    for (let job = 1; job <= 4; job++) {
      for (let part = 0; part < 3; part++) {
        const who = `job_00${job} part ${part}`;
        assertEquals(logged(lines, who), numbered(who, 15));
      }
    }
    // Nothing but these lines, the last frame and the end.
    const others = lines.filter((line) => !/^<(main|child|job_00\d part \d) line \d+>$/.test(line));
    assertMatch(others[0] ?? "", HEADING);
    assertEquals(others.slice(-2), ["<the end>", "[exit 0]"]);
    assert(others.length <= 18, others.join("\n"));
  },
});

Deno.test({
  ...inTmux("monitor() survives resizing"),
  async fn() {
    await using terminal = await TerminalWindow.open({ ...ENDLESS, logs: 600, logMs: 30 }, USUAL);
    await terminal.until((_, text) => HEADING.test(text));
    for (const [columns, rows] of [[40, 10], [200, 50], [20, 5], [120, 8], [300, 12], [80, 24]]) {
      const size = { columns: columns ?? 0, rows: rows ?? 0 };
      await terminal.resize(size);
      const height = Math.min(size.rows - 2, Math.ceil(size.rows * 2 / 3));
      const screen = await terminal.until((screen) =>
        // The block ends in the last row, or above it if it has less lines than there is room for.
        screen.findIndex((line) => HEADING.test(line) || /^\d.*\d\/\d/.test(line)) >=
          size.rows - height &&
        screen.filter((line) => HEADING.test(line)).length <= 1 &&
        screen.length <= size.rows
      );
      assert(screen.every((line) => widthOf(line) <= size.columns), screen.join("\n"));
    }
    // On a quick machine the sizes have changed before many lines are written.
    await terminal.until((_, text) => /<main line (2[1-9]|[3-9]\d|\d{3,})>/.test(text));
    await terminal.press("C-c");
    await terminal.ended();
    assertEquals(await terminal.state(), IN_ORDER);
    const lines = await terminal.scrollback();
    const shown = logged(lines, "main");
    assertEquals(shown, numbered("main", shown.length));
    assert(shown.length > 20);
  },
});

Deno.test({
  ...inTmux("monitor() leaves the terminal in order at Ctrl-C"),
  async fn() {
    await using terminal = await TerminalWindow.open({ ...ENDLESS, end: "hang" }, USUAL);
    await terminal.until((_, text) => HEADING.test(text) && text.includes("<main line 19>"));
    await terminal.press("C-c");
    // As without a monitor: ended by the signal.
    assertEquals(await terminal.ended(), 130);
    await assertLeft(terminal, 20);
  },
});

for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test({
    ...inTmux(`monitor() leaves the terminal in order at ${signal}`),
    async fn() {
      await using terminal = await TerminalWindow.open({ ...ENDLESS, end: "hang" }, USUAL);
      await terminal.until((_, text) => HEADING.test(text) && text.includes("<main line 19>"));
      await terminal.signal(signal);
      assertEquals(await terminal.ended(), code);
      const screen = (await terminal.scrollback()).filter((line) =>
        !/^(Terminated|Hangup)/.test(line)
      );
      assertEquals(screen.slice(0, 20), numbered("main", 20));
      assertMatch(screen[20] ?? "", HEADING);
      assertEquals(await terminal.state(), IN_ORDER);
    },
  });
}

Deno.test({
  ...inTmux("monitor() leaves Ctrl-C to a program that listens to it"),
  async fn() {
    const program: Program = { ...ENDLESS, listens: true, end: "hang" };
    await using terminal = await TerminalWindow.open(program, USUAL);
    await terminal.until((_, text) => HEADING.test(text) && text.includes("<main line 19>"));
    await terminal.press("C-c");
    const screen = await terminal.until((_, text) => text.includes("<pressed 1>"));
    assertStringIncludes(screen.join("\n"), "jobs         3 running");
    assertEquals((await terminal.state()).isWhole, false);
    await terminal.press("C-c");
    assertEquals(await terminal.ended(), 7);
    assertEquals(await terminal.state(), IN_ORDER);
    const lines = (await terminal.scrollback()).slice(20);
    assertEquals(lines.slice(0, 2), ["^C<pressed 1>", "^C<pressed 2>"]);
    assertMatch(lines[2] ?? "", HEADING);
  },
});

Deno.test({
  ...inTmux("monitor() gives way to the shell at Ctrl-Z and goes on later"),
  async fn() {
    await using terminal = await TerminalWindow.open({ ...ENDLESS, end: "hang" }, USUAL);
    await terminal.until((_, text) => HEADING.test(text) && text.includes("<main line 19>"));
    await terminal.signal("SIGTSTP");
    // The block stands directly below the log, and the cursor below the block.
    await terminal.until((screen) =>
      HEADING.test(screen[screen.indexOf("<main line 19>") + 1] ?? "")
    );
    assertEquals(await terminal.state(), IN_ORDER);
    await terminal.signal("SIGCONT");
    await terminal.until((screen) => screen.length === USUAL.rows);
    assertEquals((await terminal.state()).isWhole, false);
    await terminal.press("C-c");
    assertEquals(await terminal.ended(), 130);
    assertEquals(await terminal.state(), IN_ORDER);
  },
});

for (
  const [end, code, said] of [
    ["exit", 3, undefined],
    ["throw", 1, "Uncaught Error: thrown on purpose"],
    ["reject", 1, "Uncaught (in promise) Error: rejected on purpose"],
  ] as const
) {
  Deno.test({
    ...inTmux(`monitor() leaves the terminal in order at "${end}"`),
    async fn() {
      await using terminal = await TerminalWindow.open({ ...ENDLESS, end }, USUAL);
      assertEquals(await terminal.ended(), code);
      const rest = await assertLeft(terminal, 20);
      // The message of the error is below the block.
      if (said !== undefined) assertStringIncludes(rest.slice(9).join("\n"), said);
    },
  });
}

Deno.test({
  ...inTmux("monitor() draws again after its event loop was blocked"),
  async fn() {
    const program: Program = { jobs: 20, logs: 20, work: { ms: 40 }, end: "block" };
    await using terminal = await TerminalWindow.open(program, USUAL);
    assertEquals(await terminal.ended(), 0);
    const rest = await assertLeft(terminal, 20);
    assertStringIncludes(rest.join("\n"), "20 completed");
  },
});

Deno.test({
  ...inTmux("monitor() shows ten thousand jobs"),
  async fn() {
    const program: Program = { jobs: 10_000, expectedJobs: 10_000, work: { parts: 0 } };
    await using terminal = await TerminalWindow.open(program, USUAL);
    await terminal.until((_, text) => text.includes(" of 10,000 jobs"));
    assertEquals(await terminal.ended(), 0);
    assertStringIncludes((await assertLeft(terminal, 0)).join("\n"), "10,000 of 10,000 jobs");
  },
});

Deno.test({
  ...inTmux("monitor() shares a window among flows"),
  async fn() {
    const program: Program = { flows: 2, jobs: 30, logs: 50, work: { ms: 10 } };
    await using terminal = await TerminalWindow.open(program, USUAL);
    const isBoth = (text: string) => text.includes("orders-0 ") && text.includes("orders-1 ");
    const screen = await terminal.until((_, text) => isBoth(text));
    assertEquals(screen.filter((line) => line.startsWith("orders-")).length, 2);
    assertEquals(await terminal.ended(), 0);
    assertEquals(await terminal.state(), IN_ORDER);
    const lines = await terminal.scrollback();
    assertEquals(lines.slice(0, 50), numbered("main", 50));
    assertEquals(
      lines.filter((line) => line.startsWith("orders-")).map((line) => line.slice(0, 16)),
      ["orders-0  closed", "orders-1  closed"],
    );
  },
});

Deno.test({
  ...inTmux("monitor() leaves the last frame of each flow at Ctrl-C"),
  async fn() {
    await using terminal = await TerminalWindow.open({ ...ENDLESS, flows: 3, end: "hang" }, USUAL);
    await terminal.until((_, text) =>
      text.includes("orders-2 ") && text.includes("<main line 19>")
    );
    await terminal.press("C-c");
    assertEquals(await terminal.ended(), 130);
    assertEquals(await terminal.state(), IN_ORDER);
    const lines = await terminal.scrollback();
    assertEquals(lines.slice(0, 20), numbered("main", 20));
    const headings = lines.filter((line) => line.startsWith("orders-"));
    assertEquals(headings.map((line) => line.slice(0, 8)), ["orders-0", "orders-1", "orders-2"]);
  },
});

Deno.test({
  ...inTmux("monitor() follows CI and NO_COLOR and FORCE_COLOR"),
  async fn() {
    const program: Program = { jobs: 2, work: { ms: 5 } };
    const coloursOf = async (env: Readonly<Record<string, string>>) => {
      await using terminal = await TerminalWindow.open(program, USUAL, env);
      assertEquals(await terminal.ended(), 0);
      const text = await terminal.colours();
      return { isLive: text.includes("workers"), isColored: text.includes("\u001b[") };
    };
    assertEquals(await coloursOf({}), { isLive: true, isColored: true });
    assertEquals(await coloursOf({ CI: "true" }), { isLive: false, isColored: true });
    assertEquals(await coloursOf({ NO_COLOR: "1" }), { isLive: false, isColored: false });
    const forced = { FORCE_COLOR: "1", NO_COLOR: "1", CI: "true" };
    assertEquals(await coloursOf(forced), { isLive: true, isColored: true });
    assertEquals(await coloursOf({ TERM: "dumb" }), { isLive: false, isColored: true });
  },
});
