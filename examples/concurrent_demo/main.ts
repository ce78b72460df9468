/**
 * The concurrent demo: jobs of one flow, side by side on a few workers.
 *
 * Run it with `deno task demo`; `deno task demo --help` lists its options.
 *
 * @module
 */

import { setColorEnabled } from "@std/fmt/colors";
import { demo } from "./demo.ts";
import { complain, EXIT, HELP, readOptions } from "./options.ts";

const request = readOptions(Deno.args);
if (request.kind === "help") {
  console.log(HELP);
} else if (request.kind === "error") {
  complain(request.message);
  Deno.exitCode = EXIT.badOption;
} else {
  const color = request.options.color && !Deno.noColor && Deno.stdout.isTerminal();
  setColorEnabled(color);
  Deno.exitCode = await demo({ ...request.options, color });
}
