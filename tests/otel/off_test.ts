// A flow that is not traced loads nothing of OpenTelemetry, on the host and in its workers.

import { assertEquals, assertMatch } from "@std/assert";
import { nextOf, readSources } from "../library_sources.ts";
import { inheritedStdFlags } from "../../tools/std_flags.ts";

/** Runs a program for which no npm module can be loaded. */
async function withoutNpm(path: string) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--no-npm", ...inheritedStdFlags(), path],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

Deno.test("Flow without tracing loads no npm module", async () => {
  const untraced = await withoutNpm("tests/otel/untraced_program.ts");
  assertEquals(untraced, { code: 0, stdout: "completed 6765\n", stderr: "" });
  const traced = await withoutNpm("tests/otel/program.ts");
  assertEquals(traced.code, 1);
  assertMatch(traced.stderr, /npm/);
});

Deno.test("faces/otel.ts alone loads OpenTelemetry", async () => {
  const library = await readSources();
  const next = nextOf(library);
  const users = new Set(
    library.filter(({ imports }) =>
      imports.some(({ specifier }) => specifier.startsWith("npm:@opentelemetry/"))
    ).map(({ path }) => path),
  );
  const faces = library.map(({ path }) => path)
    .filter((path) =>
      path === "mod.ts" || path.startsWith("faces/") || path.startsWith("workers/")
    );
  const loading = faces.filter((face) =>
    [...reachedFrom(face, next)].some((path) => users.has(path))
  );
  assertEquals(loading, ["faces/otel.ts"]);
});

function reachedFrom(path: string, next: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set([path]);
  for (const one of reached) for (const other of next.get(one) ?? []) reached.add(other);
  return reached;
}
