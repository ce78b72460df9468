import { deno } from "./deno_process.ts";
import type { Package } from "./package.ts";
import type { Registry } from "./registry.ts";

/** The folder that is published. */
export const ROOT = new URL("../../", import.meta.url);

/**
 * Really runs `deno publish` of this package, with its check of types and of slow types.
 *
 * It writes nothing here: the tree may be dirty and the lock file is left alone.
 *
 * @returns The package that has arrived at the registry.
 */
export async function publish(registry: Registry, cache: string): Promise<Package> {
  const { success, stderr } = await deno(
    ["publish", "--token=loopback", "--allow-dirty", "--no-lock", "--no-provenance"],
    { cwd: ROOT, registry: registry.url, cache },
  );
  const published = registry.package("@millrace/flow");
  if (!success || !published) throw new Error(`not published:\n${stderr}`);
  return published;
}
