// The public faces of the library: the exports of each are recorded, and the modules that each loads
// have a budget.

import { assert, assertEquals } from "@std/assert";
import { apiRecords, RECORDS } from "../../tools/api_record.ts";
import { isOwn, nextOf, readSources } from "../library_sources.ts";

const FIX = "record it with `deno task api` if the change is meant, and say it in CHANGELOG.md";

/** The most modules that a face loads, itself included, and the most names that it exports. */
const BUDGETS: Readonly<Record<string, { modules: number; names: number }>> = {
  "mod.ts": { modules: 260, names: 68 },
  "faces/dashboard.ts": { modules: 150, names: 12 },
  "faces/errors.ts": { modules: 26, names: 51 },
  "faces/events.ts": { modules: 55, names: 50 },
  "faces/export.ts": { modules: 60, names: 32 },
  "faces/monitor.ts": { modules: 130, names: 45 },
  "faces/otel.ts": { modules: 60, names: 1 },
  "faces/pool.ts": { modules: 127, names: 21 },
  "faces/report.ts": { modules: 130, names: 48 },
  "faces/routine.ts": { modules: 36, names: 35 },
  "faces/sqlite.ts": { modules: 84, names: 5 },
  "faces/store.ts": { modules: 42, names: 18 },
  "faces/types.ts": { modules: 1, names: 40 },
  "faces/worker.ts": { modules: 81, names: 2 },
  "src/cli/cli.ts": { modules: 300, names: 1 },
  "src/store/store_conformance.ts": { modules: 17, names: 6 },
};

/** The only faces that load SQLite; the command line opens journals. */
const WITH_SQLITE = ["faces/sqlite.ts", "src/cli/cli.ts"];

Deno.test("apiRecords() matches the files in api/", async () => {
  const recorded = new Map<string, string>();
  for await (const { name } of Deno.readDir(RECORDS)) {
    recorded.set(name, await Deno.readTextFile(new URL(name, RECORDS)));
  }
  const exported = await apiRecords();
  assertEquals([...exported.keys()].sort(), [...recorded.keys()].sort(), FIX);
  for (const [name, text] of exported) assertEquals(text, recorded.get(name), `${name}: ${FIX}`);
});

Deno.test("BUDGETS names each face of deno.json", async () => {
  assertEquals((await facePaths()).sort(), Object.keys(BUDGETS).sort());
});

Deno.test("BUDGETS.modules bounds the modules of each face", () => {
  const over = Object.entries(BUDGETS).map(([path, { modules }]) =>
    [path, loadedBy(path).size, modules] as const
  )
    .filter(([, loaded, most]) => loaded > most)
    .map(([path, loaded, most]) => `${path} loads ${loaded} modules, of at most ${most}`);
  assertEquals(over, []);
});

Deno.test("BUDGETS.names bounds the exports of each face", async () => {
  const records = await apiRecords();
  const { exports } = JSON.parse(
    await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
  );
  const over = Object.entries<string>(exports).map(([face, path]) => {
    const lines = records.get(`${face.slice(2) || "mod"}.txt`)?.split("\n") ?? [];
    const names = new Set(
      lines.filter((line) => /^\w/.test(line)).map((line) => line.split(" ")[1]),
    );
    assert(names.size > 0, `${face} exports nothing`);
    return [face, names.size, BUDGETS[path.slice(2)]?.names ?? 0] as const;
  }).filter(([, names, most]) => names > most)
    .map(([face, names, most]) => `${face} exports ${names} names, of at most ${most}`);
  assertEquals(over, []);
});

Deno.test("WITH_SQLITE names each face that loads SQLite", () => {
  const loading = Object.keys(BUDGETS).filter((path) => {
    const loaded = loadedBy(path);
    return library.some((source) =>
      loaded.has(source.path) &&
      source.imports.some(({ specifier, isType }) => specifier === "node:sqlite" && !isType)
    );
  });
  assertEquals(loading, WITH_SQLITE);
});

async function facePaths(): Promise<string[]> {
  const { exports } = JSON.parse(
    await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
  );
  return Object.values<string>(exports).map((path) => path.slice(2));
}

/** Returns the paths of a module and of all that it loads when it is loaded. */
function loadedBy(path: string): ReadonlySet<string> {
  const loaded = new Set<string>();
  const waiting = [path];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (loaded.has(next)) continue;
    loaded.add(next);
    waiting.push(...imports.get(next) ?? []);
  }
  return loaded;
}

const library = await readSources();
const imports = nextOf(library);
assert(library.some(({ imports }) => imports.some(({ specifier }) => isOwn(specifier))));
