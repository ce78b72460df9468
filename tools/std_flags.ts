/**
 * Prints the flags with which Deno finds the standard library on a network that does not reach
 * JSR, and nothing where JSR answers. The tasks splice it into their commands.
 *
 * It never fails: a failing `$(...)` would not stop the task anyway.
 */

const registry = Deno.env.get("JSR_URL") ?? "https://jsr.io";

/** True only when the connection itself fails: any other surprise is no reason to fall back. */
async function isUnreachable(url: string | URL): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return false;
  } catch (error) {
    return error instanceof TypeError ||
      (error instanceof DOMException && error.name === "TimeoutError");
  }
}

if (await isUnreachable(new URL("/@std/assert/meta.json", registry))) {
  console.log("--import-map=import_map.npm.json --no-lock");
}
