// Finds the flow of a module: an export that is a flow, or a function that returns one.

import { isError } from "../errors/is_error.ts";
import { messageOf } from "../errors/message_of.ts";
import { printable } from "../errors/printable.ts";
import type { Flow } from "../flow/flow.ts";
import type { Store } from "../store/store.ts";
import { CommandError } from "./command_error.ts";
import { requireImport, requirePermission } from "./permission.ts";

/** The exports that are looked for, in this order. */
const NAMES = ["default", "flow"];

/**
 * Loads a module and returns its flow: the export with the given name, or else `default` or `flow`, or else the only
 * export that is a flow. A function is called with the store, and may return a promise.
 *
 * @param module The path or URL of the module.
 * @param name The name of the export, if it was given.
 * @param store The store for a flow that a function makes.
 * @throws {CommandError} If the module cannot be loaded, or has no flow.
 */
export async function loadFlow(
  module: string,
  name: string | undefined,
  store?: Store,
): Promise<LoadedFlow> {
  const exports = await load(urlOf(module));
  const found = exportOf(exports, name, module);
  if (isFlow(found)) return { flow: found, isMade: false };
  if (typeof found === "function") {
    const flow = await called(found as FlowMaker, store, module);
    if (isFlow(flow)) return { flow, isMade: true };
    throw new CommandError(
      `the function of ${
        printable(module)
      } does not return a flow; let it return a Flow, or a promise of one`,
    );
  }
  throw new CommandError(
    `export "${printable(name ?? NAMES[0] ?? "")}" of ${
      printable(module)
    } is no flow; export a Flow, or a function that returns one`,
  );
}

type FlowMaker = (given: { store?: Store }) => unknown;

async function called(make: FlowMaker, store: Store | undefined, module: string): Promise<unknown> {
  try {
    return await make(store === undefined ? {} : { store });
  } catch (error) {
    throw new CommandError(`the function of ${printable(module)} failed: ${reasonOf(error)}`);
  }
}

/** A flow of a module. */
export interface LoadedFlow {
  readonly flow: Flow;
  /** `true` if a function made it, so that it has the store that the function was given. */
  readonly isMade: boolean;
}

function exportOf(
  exports: Readonly<Record<string, unknown>>,
  name: string | undefined,
  module: string,
): unknown {
  const names = Object.keys(exports);
  const known = names.length === 0 ? "it exports nothing" : `it exports ${names.join(", ")}`;
  if (name !== undefined) {
    if (Object.hasOwn(exports, name)) return exports[name];
    throw new CommandError(printable(`${module} has no export "${name}"; ${known}`));
  }
  const usual = NAMES.find((usual) => isCandidate(exports[usual]));
  if (usual !== undefined) return exports[usual];
  const flows = names.filter((one) => isFlow(exports[one]));
  const [only] = flows;
  if (flows.length === 1 && only !== undefined) return exports[only];
  throw new CommandError(printable(
    flows.length > 1
      ? `${module} exports several flows; choose one with --export: ${flows.join(", ")}`
      : `${module} has no flow; export a Flow, or a function that returns one, as default or "flow" (${known})`,
  ));
}

/** Returns the URL of a module, which may be given as a path. */
function urlOf(module: string): string {
  if (/^[a-z][a-z0-9+.-]+:/i.test(module)) {
    const url = URL.parse(module);
    if (url !== null && /^https?:$/.test(url.protocol)) requireImport(url);
    if (url?.protocol === "file:") requirePermission("read", fromFileUrl(url));
    return module;
  }
  requirePermission("read", module);
  if (/^([a-z]:)?[\\/]/i.test(module)) return fileUrl(module);
  // Asking for the folder needs a permission as well.
  requirePermission("read", ".");
  return fileUrl(`${Deno.cwd()}/${module}`);
}

function fromFileUrl({ pathname }: URL): string {
  const path = Deno.build.os === "windows" ? pathname.replace(/^\/(?=[a-z]:)/i, "") : pathname;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function fileUrl(path: string): string {
  const parts = (Deno.build.os === "windows" ? path.replaceAll("\\", "/") : path).split("/");
  const encoded = parts.map((part) => /^[a-z]:$/i.test(part) ? part : encodeURIComponent(part));
  return new URL(encoded.join("/"), "file:///").href;
}

async function load(url: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(url);
  } catch (error) {
    throw new CommandError(`cannot load ${url}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  return isError(error) ? `${error.name}: ${messageOf(error)}` : messageOf(error);
}

function isCandidate(value: unknown): boolean {
  return typeof value === "function" || isFlow(value);
}

/** Checks for a flow by its methods, as the module may have loaded another copy of the library. */
function isFlow(value: unknown): value is Flow {
  if (typeof value !== "object" || value === null) return false;
  const { graph, validate, rerun, close } = value as Partial<Record<keyof Flow, unknown>>;
  return typeof graph === "object" &&
    [validate, rerun, close].every((one) => typeof one === "function");
}
