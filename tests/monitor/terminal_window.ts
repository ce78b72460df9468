// A program in a window of a real terminal emulator, tmux, whose screen and scrollback can be read. Each window has a
// server of its own, which is killed with it.

import { delay } from "@std/async/delay";
import { inheritedStdFlags } from "../../tools/std_flags.ts";
import type { Program } from "./program/main.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const MAIN = "tests/monitor/program/main.ts";

/** A condition that does not come true in this time is a failure. */
const HANGS = 60_000;

/** The number of lines that scroll out of the window and stay. */
const HISTORY = 20_000;

/** The variables by which a program chooses colours and renderers. */
const CHOOSING = ["NO_COLOR", "FORCE_COLOR", "CI", "TERM", "TMUX", "DENO_COVERAGE_DIR"];

/** The size of a window. */
export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** The state of the terminal that programs change. */
export interface TerminalState {
  readonly isCursorVisible: boolean;
  readonly isWrapping: boolean;
  /** `true` if all rows scroll. */
  readonly isWhole: boolean;
}

/** `false` where tmux is not installed. */
export const HAS_TMUX: boolean = await hasTmux();

/** The name of a test that needs tmux, which says so where it is missing. */
export function inTmux(name: string): { name: string; ignore: boolean } {
  return { name: HAS_TMUX ? name : `${name} (tmux is not installed)`, ignore: !HAS_TMUX };
}

/** A window with a program in it. */
export class TerminalWindow implements AsyncDisposable {
  readonly #server: string;

  private constructor(server: string) {
    this.#server = server;
  }

  /** Opens a window and runs the program of the tests in it. */
  static async open(
    program: Program,
    { columns, rows }: WindowSize,
    env: Readonly<Record<string, string>> = {},
  ): Promise<TerminalWindow> {
    const opened = new TerminalWindow(`millrace-${crypto.randomUUID()}`);
    const flags = ["--quiet", "--no-prompt", "-A", "--no-check", ...inheritedStdFlags()].join(" ");
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`).join(" ");
    const run = `env ${variables} ${Deno.execPath()} run ${flags} ${MAIN} '${
      JSON.stringify(program)
    }'`;
    // The shell survives Ctrl-C, so that the screen stays until the window is closed.
    const shell = `trap : INT; ${run}; echo "[exit $?]"; exec sleep 600`;
    await opened.#tmux(
      ...["set-option", "-g", "history-limit", String(HISTORY), ";"],
      ...["new-session", "-d", "-s", "main", "-x", String(columns), "-y", String(rows), shell],
    );
    return opened;
  }

  /** Returns the lines that the window shows. */
  async screen(): Promise<string[]> {
    return linesOf(await this.#tmux("capture-pane", "-p", "-t", "main"));
  }

  /** Returns all lines, those that have scrolled out included. */
  async scrollback(): Promise<string[]> {
    return linesOf(await this.#tmux("capture-pane", "-p", "-S", "-", "-t", "main"));
  }

  /** Returns the lines that the window shows with their colour codes. */
  colours(): Promise<string> {
    return this.#tmux("capture-pane", "-p", "-e", "-t", "main");
  }

  /** Returns the state of the terminal. */
  async state(): Promise<TerminalState> {
    const format = "#{cursor_flag} #{wrap_flag} #{scroll_region_upper} #{scroll_region_lower} " +
      "#{pane_height}";
    const text = await this.#tmux("display-message", "-p", "-t", "main", format);
    const [cursor, wrap, upper, lower, height] = text.trim().split(" ").map(Number);
    return {
      isCursorVisible: cursor === 1,
      isWrapping: wrap === 1,
      isWhole: upper === 0 && lower === (height ?? 0) - 1,
    };
  }

  /** Changes the size of the window. */
  async resize({ columns, rows }: WindowSize): Promise<void> {
    const size = ["-x", String(columns), "-y", String(rows)];
    await this.#tmux("resize-window", "-t", "main", ...size);
  }

  /** Presses keys, as `C-c`. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux("send-keys", "-t", "main", ...keys);
  }

  /** Sends a signal to the program. */
  async signal(name: Deno.Signal): Promise<void> {
    const shell = (await this.#tmux("display-message", "-p", "-t", "main", "#{pane_pid}")).trim();
    const pids = await output("pgrep", ["-P", shell]);
    for (const pid of pids.trim().split("\n")) Deno.kill(Number(pid), name);
  }

  /** Waits until the window shows what is looked for, and returns the lines of its screen. */
  async until(isShown: (screen: string[], text: string) => boolean): Promise<string[]> {
    const deadline = Date.now() + HANGS;
    for (;;) {
      const screen = await this.screen();
      if (isShown(screen, screen.join("\n"))) return screen;
      if (Date.now() > deadline) throw new Error(`never shown; last: \n${screen.join("\n")}`);
      await delay(50);
    }
  }

  /** Waits until the program has ended, and returns its exit code. */
  async ended(): Promise<number> {
    const screen = await this.until((_, text) => /\[exit \d+\]/.test(text));
    return Number(screen.join("\n").match(/\[exit (\d+)\]/)?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server").catch(() => {});
  }

  #tmux(...args: string[]): Promise<string> {
    return output("tmux", ["-L", this.#server, "-f", "/dev/null", ...args]);
  }
}

async function output(command: string, args: readonly string[]): Promise<string> {
  const env = Deno.env.toObject();
  for (const name of CHOOSING) delete env[name];
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd: ROOT,
    env: { ...env, DENO_NO_UPDATE_CHECK: "1", LC_ALL: "C.UTF-8" },
    clearEnv: true,
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${text.decode(stderr)}`);
  return text.decode(stdout);
}

/** Returns lines without the blanks at their ends, and without the empty ones at the end. */
function linesOf(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trimEnd());
  return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
}

async function hasTmux(): Promise<boolean> {
  if (Deno.build.os === "windows") return false;
  try {
    return (await new Deno.Command("tmux", { args: ["-V"] }).output()).success;
  } catch {
    return false;
  }
}
