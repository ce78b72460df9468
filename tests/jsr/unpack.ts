import type { Package } from "./package.ts";
import { untar } from "./tar.ts";

/** The package in the gzipped tar that `deno publish` sends; `config` is the path of its `deno.json`. */
export async function unpack(
  tarball: ReadableStream<Uint8Array<ArrayBuffer>>,
  { name, version, config }: { name: string; version: string; config: string },
): Promise<Package> {
  const tar = await new Response(tarball.pipeThrough(new DecompressionStream("gzip"))).bytes();
  const files = new Map([...untar(tar)].map(([path, content]) => [`/${path}`, content]));
  return { name, version, exports: entryPoints(files.get(config)), files };
}

/** The `exports` of a `deno.json`; one path alone is the entry point ".". */
function entryPoints(config: Uint8Array = new Uint8Array()): Package["exports"] {
  const { exports } = JSON.parse(new TextDecoder().decode(config));
  return typeof exports === "string" ? { ".": exports } : exports;
}
