import type { Command } from "./command.ts";
import { graphCommand } from "./graph_command.ts";
import { rerunCommand } from "./rerun_command.ts";
import { validateCommand } from "./validate_command.ts";
import { viewCommand } from "./view_command.ts";

/** The commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  viewCommand,
  graphCommand,
  validateCommand,
  rerunCommand,
];
