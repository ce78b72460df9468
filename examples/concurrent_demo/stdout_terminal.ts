import type { Terminal } from "./live_block.ts";

/** The assumed size of a terminal that does not report its size. */
const COLUMNS = 80, ROWS = 24;

/** Returns the terminal that the program prints to; `undefined` if the output is piped. */
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
