import type { Routine } from "../routine/routine.ts";
import type { FieldMap } from "./references.ts";

/**
 * A routine at work in a flow, under an id and with a config of its own.
 *
 * @example Configs in place
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
  /** The routine's config, with what was changed for this flow. */
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * An event of one routine wired to a slot of another, as `routine.port`.
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
  /** The fields of the payload that are renamed on the way. */
  readonly map: FieldMap | undefined;
}

/**
 * The routines and connections that a user has put together, with their faults.
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
  /** The connections, in the order in which they were made. */
  readonly connections: readonly Connection[];
}

/** The two halves of a reference. */
export interface Reference {
  readonly routineId: string;
  readonly port: string;
}

/** Splits `routine.port` at its first dot; without one, the port is empty. */
export function parseReference(reference: string): Reference {
  const dot = reference.indexOf(".");
  if (dot < 0) return { routineId: reference, port: "" };
  return { routineId: reference.slice(0, dot), port: reference.slice(dot + 1) };
}

/** The slots of a node that a payload can be sent to, as references. */
export function slotReferences({ id, routine }: FlowNode): string[] {
  return Object.keys(routine.slots).map((slot) => `${id}.${slot}`);
}
