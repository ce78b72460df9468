// The rooms of `src` and who may know whom: dependencies point one way, and the engine knows nothing
// of the world outside.

import { assert, assertEquals } from "@std/assert";
import { isOwn, nextOf, readSources, resolve, type Source } from "./library_sources.ts";

/** The rooms that each room may import, itself aside. `types` may be imported as types alone. */
const ROOMS: Readonly<Record<string, { values: readonly string[]; types: readonly string[] }>> = {
  errors: { values: [], types: ["graph", "routine"] },
  data: { values: ["errors"], types: [] },
  routine: { values: ["data", "errors"], types: [] },
  graph: { values: ["routine", "data", "errors"], types: [] },
  wire: { values: ["routine", "data", "errors"], types: [] },
  engine: { values: ["graph", "routine", "data", "errors"], types: [] },
  pool: { values: ["wire", "routine", "data", "errors"], types: ["engine"] },
  store: { values: ["engine", "routine", "data", "errors"], types: [] },
  worker: { values: ["wire", "routine", "data", "errors"], types: ["engine"] },
  serve: { values: ["worker", "wire", "data"], types: [] },
  flow: {
    values: ["pool", "store", "engine", "graph", "routine", "data", "errors"],
    types: [],
  },
  run: { values: ["flow", "engine", "graph", "data", "errors"], types: ["store"] },
  terminal: { values: ["data", "errors"], types: [] },
  monitor: { values: ["terminal", "run", "data", "errors"], types: ["flow", "engine"] },
  report: {
    values: ["web", "terminal", "run", "graph", "data", "errors"],
    types: ["flow", "engine", "store"],
  },
  export: { values: ["run", "graph", "routine", "data", "errors"], types: ["flow", "engine"] },
  web: { values: ["data", "errors"], types: ["run"] },
  dashboard: {
    values: ["web", "export", "run", "data", "errors"],
    types: ["flow", "store", "engine"],
  },
  otel: { values: ["run", "data", "errors"], types: ["flow", "engine"] },
  cli: {
    values: [
      "dashboard",
      "report",
      "export",
      "terminal",
      "run",
      "flow",
      "store",
      "graph",
      "data",
      "errors",
    ],
    types: ["engine"],
  },
};

/** The packages that rooms may import; the others import none. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  terminal: ["@std/fmt/colors"],
  monitor: ["@std/fmt/colors"],
  report: ["@std/fmt/colors"],
  cli: ["@std/cli/parse-args", "@std/fmt/colors"],
  otel: ["npm:@opentelemetry/api@1.3.0"],
};

/**
 * The entry of workers, which the pool imports in a function that is never called, for `deno compile`
 * to find it. It belongs to no room, and everything of the other side is behind it.
 */
const EMBEDDED = { source: "src/pool/worker_thread.ts", target: "workers/worker.ts" };

/** Names that would bring a clock, a thread or the outside into the engine. */
const OUTSIDE =
  /\b(Date|performance|setTimeout|setInterval|queueMicrotask|Deno|Worker|crypto|navigator|fetch|console|Math\.random|async|await|Promise)\b/g;

/** Where the platform's timers and clock are taken as the library is loaded. */
const CLOCKS = ["src/data/timer.ts", "src/data/clock.ts", "src/data/microtask.ts"];

/** The functions that fake timers replace, so that nothing else may use them. */
const REPLACEABLE =
  /\b(setTimeout|clearTimeout|setInterval|clearInterval|setImmediate|queueMicrotask|performance|Date\.now|Date\(\)|Deno\.unrefTimer)(?![\w$])/g;

/** Put their own timers in the place of a worker's, and take those of Node's, which nobody replaces. */
const TIMERS_OF_WORKERS = ["src/worker/owned_timers.ts", "src/worker/next_turn.ts"];

const MAX_LINES = 400;

/** The number of lines up to which a file needs no header. */
const MAX_BARE_LINES = 80;

/** The name of an exported declaration. */
const EXPORTED =
  /^export (?:abstract )?(?:async )?(?:class|function\*?|interface|type|const|enum) (\w+)/gm;

Deno.test("src/ rooms import only permitted rooms", () => {
  const faults = importsBetweenRooms().flatMap(({ source, from, to, target, isType }) => {
    const { values, types } = ROOMS[from] ?? { values: [], types: [] };
    if (values.includes(to) || (isType && types.includes(to))) return [];
    if (source.path === EMBEDDED.source && target === EMBEDDED.target) return [];
    const what = isType ? "types" : "values";
    return [`${source.path} imports ${what} of ${to}, which ${from} is not to know`];
  });
  assertEquals(faults, []);
});

Deno.test("ROOMS lists each folder of src/", () => {
  const rooms = new Set(library.filter(({ path }) => path.startsWith("src/")).map(roomOf));
  assertEquals([...rooms].filter((room) => !(room in ROOMS)), []);
});

Deno.test("mod.ts reaches workers/worker.ts by embedEntry() alone", () => {
  assert(reaches("mod.ts", EMBEDDED.target, nextOf(library)));
  const others = library.filter(({ path }) => path !== EMBEDDED.source);
  assert(!reaches("mod.ts", EMBEDDED.target, nextOf(others)));
  const users = library.filter(({ code }) => /\bembedEntry\b/.test(code));
  assertEquals(users.map(({ path }) => path), [EMBEDDED.source]);
});

Deno.test("src/ contains no import cycle", () => {
  const next = nextOf(library);
  const circles = [...next.keys()].filter((path) => reaches(path, path, next));
  assertEquals(circles, []);
});

Deno.test("src/engine/ uses no clock or thread or promise", () => {
  const faults = library.filter((source) => roomOf(source) === "engine").flatMap(
    ({ path, code }) => [...code.matchAll(OUTSIDE)].map(([name]) => `${path} uses ${name}`),
  );
  assertEquals(faults, []);
});

Deno.test("src/ confines replaceable timers to dedicated modules", () => {
  const uses = library.flatMap(({ path, code }) =>
    [...code.matchAll(REPLACEABLE)].map(([name]) => ({ path, name }))
  );
  const faults = uses
    .filter(({ path }) => !CLOCKS.includes(path) && !TIMERS_OF_WORKERS.includes(path))
    .map(({ path, name }) => `${path} uses ${name}`);
  assertEquals(faults, []);
  // The pattern finds the uses in the modules for it.
  const unseen = CLOCKS.filter((clock) => !uses.some(({ path }) => path === clock));
  assertEquals(unseen, []);
});

Deno.test("src/ imports only the packages that its rooms may import", () => {
  const faults = library.flatMap((source) =>
    source.imports
      .filter(({ specifier }) => !isOwn(specifier) && !isBuiltIn(source, specifier))
      .filter(({ specifier }) => !PACKAGES[roomOf(source)]?.includes(specifier))
      .map(({ specifier }) => `${source.path} imports ${specifier}`)
  );
  assertEquals(faults, []);
});

Deno.test("src/ imports only published modules", () => {
  const paths = new Set(library.map(({ path }) => path));
  const faults = library.flatMap((source) =>
    source.imports
      .filter(({ specifier }) => isOwn(specifier))
      .map(({ specifier }) => resolve(source, specifier))
      .filter((target) => !paths.has(target))
      .map((target) => `${source.path} imports ${target}`)
  );
  assertEquals(faults, []);
});

Deno.test("mod.ts and faces/ contain only exports", () => {
  const faces = library.filter(({ path }) => path === "mod.ts" || path.startsWith("faces/"));
  assert(faces.length > 1);
  const rest = faces.map(({ code }) => code.replaceAll(/export [^;]* from "[^"]+";/g, "").trim());
  assertEquals(rest.filter((code) => code !== ""), []);
});

Deno.test("each longer file begins with a comment on its content and its callers", async () => {
  const bare: string[] = [];
  for (const { path } of library.filter(({ path }) => path.startsWith("src/"))) {
    const text = await Deno.readTextFile(new URL(`../${path}`, import.meta.url));
    const isLong = text.split("\n").length > MAX_BARE_LINES;
    if (isLong && !/^\/[/*]/.test(text)) bare.push(path);
  }
  assertEquals(bare, []);
});

Deno.test("each file declares its namesake first", () => {
  const named = library.map(({ path, code }) => {
    const own = (path.split("/").at(-1) ?? "").replace(".ts", "").replaceAll("_", "");
    const exported = [...code.matchAll(EXPORTED)].map(([, name = ""]) => name);
    const place = exported.findIndex((name) => name.replaceAll("_", "").toLowerCase() === own);
    return { path, exported, place };
  }).filter(({ place }) => place >= 0);
  assert(named.length > 100);
  const faults = named.filter(({ place }) => place > 0)
    .map(({ path, exported, place }) => `${path} exports ${exported[0]} before ${exported[place]}`);
  assertEquals(faults, []);
});

Deno.test("MAX_LINES limits the code of each file", () => {
  const long = library.filter(({ lines }) => lines >= MAX_LINES);
  const faults = long.map(({ path, lines }) =>
    `${path} has ${lines} lines of code, of less than ${MAX_LINES}`
  );
  assertEquals(faults, []);
});

Deno.test("importsBetweenRooms() finds type and value imports", () => {
  const edges = importsBetweenRooms();
  assert(edges.length > 50, `${edges.length} imports between rooms`);
  assert(edges.some(({ isType }) => isType) && edges.some(({ isType }) => !isType));
});

function importsBetweenRooms() {
  return library.flatMap((source) =>
    source.imports.filter(({ specifier }) => isOwn(specifier)).flatMap(({ specifier, isType }) => {
      const target = resolve(source, specifier);
      const [from, to] = [roomOf(source), target.split("/")[1] ?? ""];
      if (!source.path.startsWith("src/") || from === to) return [];
      return [{ source, from, to, target, isType }];
    })
  );
}

/**
 * SQLite and what belongs to it, which only the store needs, serialization, async contexts and turns come with
 * the platform.
 */
function isBuiltIn(source: Source, specifier: string): boolean {
  if (source.path === "src/worker/owner.ts") return specifier === "node:async_hooks";
  if (source.path === "src/worker/next_turn.ts") return specifier === "node:timers";
  if (source.path === "src/data/structured_bytes.ts") return specifier === "node:v8";
  return roomOf(source) === "store" && specifier.startsWith("node:");
}

function roomOf({ path }: Source): string {
  return path.split("/")[1] ?? "";
}

function reaches(from: string, to: string, next: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>();
  const waiting = [...next.get(from) ?? []];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (path === to) return true;
    if (!seen.has(path)) waiting.push(...next.get(path) ?? []);
    seen.add(path);
  }
  return false;
}

const library = await readSources();
