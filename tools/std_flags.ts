/**
 * Prints the flags with which Deno finds the standard library on a network that does not reach
 * JSR, and nothing where JSR answers. The tasks splice it into their commands.
 *
 * It never fails: a failing `$(...)` would not stop the task anyway.
 *
 * @module
 */

/** The flags that replace `deno.json`'s imports by those from npm, in the folder of `deno.json`. */
const NPM_STD = ["--import-map=import_map.npm.json", "--frozen"];

/** The flags by which a Deno started from this one finds the standard library where this one did. */
export function inheritedStdFlags(): string[] {
  return import.meta.resolve("@std/assert").startsWith("jsr:") ? [] : NPM_STD;
}

/** Whether JSR gives what Deno would ask it for; a filter that answers in its place does not. */
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
