import { EXIT } from "./command.ts";

/** The reason for which a command ends early, as one line for the user. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** The exit code. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Returns the error for wrong arguments. */
export function usageError(message: string): CommandError {
  return new CommandError(message, EXIT.usage);
}
