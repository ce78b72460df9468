import type { Terminal } from "./live_block.ts";

/** What a terminal that tells no size is taken for. */
const COLUMNS = 80, ROWS = 24;

/** The terminal that the program prints to, or undefined if it is piped. */
export function stdoutTerminal(): Terminal | undefined {
  if (!Deno.stdout.isTerminal()) return undefined;
  const encoder = new TextEncoder();
  return {
    write(text) {
      const bytes = encoder.encode(text);
      for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
    },
    size() {
      const { columns, rows } = Deno.consoleSize();
      return { columns: columns || COLUMNS, rows: rows || ROWS };
    },
  };
}
