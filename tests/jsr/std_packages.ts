import type { Package } from "./package.ts";

/** The `@std` packages: the re-exports of their npm republication, as the import map lists them. */
export async function stdPackages(importMap: URL): Promise<Package[]> {
  const { imports } = JSON.parse(await Deno.readTextFile(importMap));
  const packages = new Map<string, Package>();

  for (const [specifier, target] of Object.entries<string>(imports)) {
    const [, name, module = ""] = specifier.match(/^(@std\/[^/]+)(\/.+)?$/) ?? [];
    if (!name) continue;
    const std: Package = packages.get(name) ?? { name, version, exports: {}, files: new Map() };
    packages.set(name, std);

    const path = target.slice(target.lastIndexOf("/"));
    std.exports[`.${module}`] = `.${path}`;
    for (const file of [path, path.replace(/\.ts$/, ".d.ts")]) {
      std.files.set(file, await Deno.readFile(new URL(`.${file}`, new URL(target, importMap))));
    }
  }
  return [...packages.values()];
}

/** One that suits `^1`. */
const version = "1.0.0";
