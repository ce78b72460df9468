/**
 * Prints the flags with which Deno finds the standard library on a network that does not reach JSR;
 * prints nothing if JSR answers. The tasks insert the output into their commands.
 *
 * It never fails: a failing `$(...)` would not stop the task anyway.
 *
 * @module
 */

/**
 * The flags that replace the imports of `deno.json` by imports from npm. They require its folder.
 */
const NPM_STD = ["--import-map=import_map.npm.json", "--frozen"];

/**
 * Returns the flags with which another Deno process finds the standard library where this one did.
 */
export function inheritedStdFlags(): string[] {
  return import.meta.resolve("@std/assert").startsWith("jsr:") ? [] : NPM_STD;
}

/** Checks whether JSR returns a file that Deno would request, and not a filter in its place. */
async function reachesJsr(): Promise<boolean> {
  try {
    const url = new URL("/@std/assert/meta.json", Deno.env.get("JSR_URL") ?? "https://jsr.io");
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

if (import.meta.main && !await reachesJsr()) console.log(NPM_STD.join(" "));
