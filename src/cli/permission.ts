import { printable } from "../errors/printable.ts";
import { CommandError } from "./command_error.ts";

/**
 * Checks for a permission before it is used, as Deno would ask the user for it.
 *
 * @param paths The files that are used.
 * @throws {CommandError} If it is missing for one of them, with the flag that grants it.
 */
export function requirePermission(kind: "read" | "write", ...paths: readonly string[]): void {
  const denied = paths.filter((path) =>
    Deno.permissions.querySync({ name: kind, path }).state !== "granted"
  );
  if (denied.length === 0) return;
  // The flag replaces one that was given.
  throw missing(`to ${kind} ${denied.join(", ")}`, `--allow-${kind}=${paths.join(",")}`);
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

/**
 * Checks for the permission to import a module from its host, like {@linkcode requirePermission}.
 *
 * @throws {CommandError} If it is missing.
 */
export function requireImport({ protocol, hostname, port }: URL): void {
  const host = `${hostname}:${port || (protocol === "http:" ? 80 : 443)}`;
  const { state } = Deno.permissions.querySync({ name: "import", host });
  if (state !== "granted") throw missing(`to import from ${host}`, `--allow-import=${host}`);
}

function missing(purpose: string, flag: string): CommandError {
  return new CommandError(`needs permission ${printable(purpose)}; run it with ${printable(flag)}`);
}
