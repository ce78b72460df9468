import { type Package, packageMeta, versionMeta } from "./package.ts";
import { unpack } from "./unpack.ts";

const VERSIONS = new URLPattern({
  pathname: "/api/scopes/:scope/packages/:bare/versions/:version",
});
const PACKAGE = new URLPattern({ pathname: "/api/scopes/:scope/packages/:bare" });
const FILE = new URLPattern({ pathname: "/:name(@[^/]+/[^/]+)/:path+" });

const CONTENT_TYPES: Record<string, string> = {
  js: "text/javascript",
  json: "application/json",
  md: "text/markdown",
  ts: "text/typescript",
};

/** A registry on the loopback that speaks JSR's protocol: `JSR_URL` points Deno at it. */
export class Registry implements AsyncDisposable {
  readonly #packages: Map<string, Package>;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(packages: Iterable<Package> = []) {
    this.#packages = new Map([...packages].map((one) => [one.name, one]));
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#answer(request),
    );
  }

  /** Such as `http://127.0.0.1:8000`. */
  get url(): string {
    const { hostname, port } = this.#server.addr;
    return `http://${hostname}:${port}`;
  }

  /** The package that has been published under this name, such as `@std/assert`. */
  package(name: string): Package | undefined {
    return this.#packages.get(name);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server.shutdown();
  }

  #answer(request: Request): Response | Promise<Response> {
    const version = VERSIONS.exec(request.url);
    if (version) {
      const { scope, bare, version: number } = version.pathname.groups;
      const id = { name: `@${scope}/${bare}`, version: `${number}` };
      return request.method === "POST" ? this.#publish(request, id) : this.#version(id);
    }
    if (PACKAGE.test(request.url)) return Response.json({});

    const { name = "", path = "" } = FILE.exec(request.url)?.pathname.groups ?? {};
    return this.#file(name, path);
  }

  #version({ name, version }: { name: string; version: string }): Response {
    return this.package(name)?.version === version
      ? Response.json({ version })
      : Response.json({ code: "packageVersionNotFound", message: "not yet" }, { status: 404 });
  }

  async #publish(request: Request, id: { name: string; version: string }): Promise<Response> {
    const config = new URL(request.url).searchParams.get("config") ?? "/deno.json";
    if (!request.body || !request.headers.has("authorization")) {
      return Response.json({ code: "missingAuthentication", message: "no token" }, { status: 401 });
    }
    this.#packages.set(id.name, await unpack(request.body, { ...id, config }));
    return Response.json({ id: crypto.randomUUID(), status: "success", error: null });
  }

  async #file(name: string, path: string): Promise<Response> {
    const found = this.package(name);
    if (found && path === "meta.json") return Response.json(packageMeta(found));
    if (found && path === `${found.version}_meta.json`) {
      return Response.json(await versionMeta(found));
    }
    const prefix = `${found?.version}/`;
    const content = path.startsWith(prefix) && found?.files.get(path.slice(prefix.length - 1));
    if (!content) return new Response(null, { status: 404 });

    const type = CONTENT_TYPES[path.split(".").pop() ?? ""] ?? "text/plain";
    return new Response(content, { headers: { "content-type": `${type}; charset=utf-8` } });
  }
}
