/**
 * Checks the permissions that the demo needs.
 *
 * @returns The missing permissions in one line; `undefined` if none is missing.
 */
export async function missingPermission(): Promise<string | undefined> {
  const routines = new URL("routines.ts", import.meta.url);
  // Queried here, as a worker cannot prompt for a permission.
  const { state } = await Deno.permissions.query({ name: "read", path: routines });
  if (state === "granted") return undefined;
  return "the workers need permission to read their modules; run it with --allow-read=. as `deno task demo` does";
}
