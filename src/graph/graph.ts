// The graph of a flow as data: its nodes and connections, as `flow.graph` shows them.

import type { Routine } from "../routine/routine.ts";
import type { FieldMap } from "./references.ts";

/**
 * The routines and connections of a flow, which need not be valid.
 *
 * @example A flow as a Mermaid diagram
 * ```ts
 * import { Flow, type Graph } from "@millrace/flow";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * function mermaid({ nodes, connections }: Graph): string {
 *   const arrows = connections.map(({ from, to }) => {
 *     const [source, event] = from.split(".");
 *     return `  ${source} -- ${event} --> ${to.split(".")[0]}`;
 *   });
 *   return ["graph LR", ...nodes.map(({ id }) => `  ${id}`), ...arrows].join("\n");
 * }
 *
 * await using flow = new Flow()
 *   .add("fibonacci", fibonacci)
 *   .add("total", total)
 *   .connect("fibonacci.result", "total.number");
 * console.log(mermaid(flow.graph).split("\n").at(-1)); //   fibonacci -- result --> total
 * ```
 */
export interface Graph {
  /** The routines, in the order in which they were added. */
  readonly nodes: readonly FlowNode[];
  /** The connections, in the order in which they were added. */
  readonly connections: readonly Connection[];
}

/**
 * A use of a routine in a flow, with its own id and config.
 *
 * @example The configs of the routines of a flow
 * ```ts
 * import type { FlowNode } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * function describe({ id, config }: FlowNode): string {
 *   return `${id} ${JSON.stringify(config)}`;
 * }
 * console.log(describe({ id: "small", routine: fibonacci, config: { limit: 20 } })); // small {"limit":20}
 * ```
 */
export interface FlowNode {
  /** The id. */
  readonly id: string;
  /** The routine. */
  readonly routine: Routine;
  /** The routine's config, with the changes for this flow. */
  readonly config: Readonly<Record<string, unknown>>;
  /** `true` if it was added with a limit of its own, `concurrency` or `rate`; absent otherwise. */
  readonly isLimited?: true;
}

/**
 * A connection from an event to a slot, both as `routine.port`.
 *
 * @example A connection as an arrow
 * ```ts
 * import type { Connection } from "@millrace/flow";
 *
 * function arrow({ from, to, map }: Connection): string {
 *   return `${from} -> ${to}${map === undefined ? "" : ` ${JSON.stringify(map)}`}`;
 * }
 * console.log(arrow({ from: "parser.word", to: "counter.input", map: undefined })); // parser.word -> counter.input
 * ```
 */
export interface Connection {
  /** The event, as `routine.event`. */
  readonly from: string;
  /** The slot, as `routine.slot`. */
  readonly to: string;
  /** The fields of the payload that the connection renames. */
  readonly map: FieldMap | undefined;
}

/** The two parts of a reference. */
export interface Reference {
  readonly routineId: string;
  readonly port: string;
}

/** Splits `routine.port` at its first dot. Without a dot, the port is empty. */
export function parseReference(reference: string): Reference {
  const dot = reference.indexOf(".");
  if (dot < 0) return { routineId: reference, port: "" };
  return { routineId: reference.slice(0, dot), port: reference.slice(dot + 1) };
}

/** Returns references to all slots of a node. */
export function slotReferences({ id, routine }: FlowNode): string[] {
  return Object.keys(routine.slots).map((slot) => `${id}.${slot}`);
}
