import { printable } from "../errors/printable.ts";
import { CommandError } from "./command_error.ts";

/**
 * Checks for a permission before it is used, as Deno would ask the user for it.
 *
 * @throws {CommandError} If it is missing, with the flag that grants it.
 */
export function requirePermission(kind: "read" | "write", path: string): void {
  const { state } = Deno.permissions.querySync({ name: kind, path });
  if (state !== "granted") throw missing(`to ${kind} ${path}`, `--allow-${kind}=${path}`);
}

/**
 * Checks for the permission to listen on an address, like {@linkcode requirePermission}.
 *
 * @throws {CommandError} If it is missing.
 */
export function requireNet(hostname: string, port: number): void {
  const host = port === 0 ? hostname : `${hostname}:${port}`;
  const { state } = Deno.permissions.querySync({ name: "net", host });
  if (state !== "granted") throw missing(`to listen on ${host}`, `--allow-net=${host}`);
}

function missing(purpose: string, flag: string): CommandError {
  return new CommandError(`needs permission ${printable(purpose)}; run it with ${printable(flag)}`);
}
