import type { Package } from "./package.ts";

/**
 * The `@std` packages, each module a re-export of its npm republication.
 *
 * Which modules there are, and where, the import map for networks without JSR says.
 */
export async function stdPackages(importMap: URL): Promise<Package[]> {
  const { imports } = JSON.parse(await Deno.readTextFile(importMap));
  const packages = new Map<string, Package>();

  for (const [specifier, target] of Object.entries<string>(imports)) {
    const [, name, module] = specifier.match(/^(@std\/[^/]+)\/?(.*)$/) ?? [];
    const version = target.match(/^npm:deno-std@([^/]+)\//)?.[1];
    if (!name || !version) continue;

    const std: Package = packages.get(name) ?? { name, version, exports: {}, files: new Map() };
    packages.set(name, std);
    const path = `/${module || "mod"}.ts`;
    std.exports[module ? `./${module}` : "."] = `.${path}`;
    // By name: the republication has no types, so the compiler sees nothing behind a star.
    const names = Object.keys(await import(target)).join(", ");
    std.files.set(path, new TextEncoder().encode(`export { ${names} } from "${target}";\n`));
  }
  return [...packages.values()];
}
