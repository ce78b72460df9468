/**
 * Tells what the demo may not do and has to.
 *
 * @returns One line, or undefined if nothing is missing.
 */
export async function missingPermission(): Promise<string | undefined> {
  const routines = new URL("routines.ts", import.meta.url);
  // Asked here, as a worker cannot ask.
  const { state } = await Deno.permissions.query({ name: "read", path: routines });
  if (state === "granted") return undefined;
  return "the workers need permission to read their modules; run it with --allow-read=. as `deno task demo` does";
}
