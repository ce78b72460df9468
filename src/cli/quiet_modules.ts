import { quietConsole } from "./quiet_console.ts";

/** The first module of a worker. */
const FIRST = import.meta.resolve("./quiet_worker.ts");

/**
 * Directs the lines that modules print to the standard error, as the standard output is that of the command: from this
 * thread, and from workers that start until it is disposed of, such as those of a pool. Bytes that a module writes
 * to `Deno.stdout` by itself stay there.
 */
export function quietModules(): Disposable {
  const restore = quietConsole();
  const Loud = Worker;
  globalThis.Worker = class Worker extends Loud {
    constructor(specifier: string | URL, options?: WorkerOptions) {
      const imports = [FIRST, `${specifier}`].map((url) => `import ${JSON.stringify(url)};`);
      super(`data:text/javascript,${encodeURIComponent(imports.join(""))}`, options);
    }
  };
  return {
    [Symbol.dispose]() {
      globalThis.Worker = Loud;
      restore();
    },
  };
}
