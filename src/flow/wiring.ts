import { faithfulCopy } from "../data/faithful_copy.ts";
import { nearest } from "../data/nearest.ts";
import { checkId, checkText } from "../data/option.ts";
import { checkOptions } from "../data/options.ts";
import { FlowValidationError, UnknownSlotError } from "../errors/flow_errors.ts";
import { InvalidOptionError } from "../errors/call_errors.ts";
import { checkGraph } from "../graph/check_graph.ts";
import { checkOptional } from "../graph/check_policy.ts";
import type { FlowIssue } from "../graph/flow_issue.ts";
import {
  type Connection,
  type FlowNode,
  type Graph,
  parseReference,
  slotReferences,
} from "../graph/graph.ts";
import {
  type EffectivePolicy,
  effectivePolicy,
  type Fallback,
  fallbacksOf,
  type Policy,
  type RoutinePolicy,
} from "../graph/policy.ts";
import { ownPolicy } from "../graph/own_policy.ts";
import type { Binding } from "../pool/task.ts";
import { isRoutine, type Routine } from "../routine/routine.ts";
import type { Store } from "../store/store.ts";
import { ADD, CONNECT } from "./flow_calls.ts";
import type { AddOptions, ConnectOptions } from "./flow_options.ts";

/** The parts of a flow: routines in their places, and connections. */
export class Wiring {
  /** The binding of each routine for its workers, by id. */
  readonly bindings = new Map<string, Binding>();
  /** The policy of each routine, by id. */
  readonly policies = new Map<string, EffectivePolicy>();
  readonly #flowId: string;
  readonly #policy: Policy<Fallback>;
  readonly #worker: Pick<Binding, "checkPayloads" | "highWaterMark">;
  readonly #store: Store;
  readonly #nodes: FlowNode[] = [];
  readonly #connections: Connection[] = [];

  /**
   * @param flowId The flow.
   * @param policy What is done when a routine fails that has no policy of its own, checked.
   * @param worker What workers have to know besides.
   * @param store What has to keep what is emitted.
   */
  constructor(
    flowId: string,
    policy: Policy<Fallback>,
    worker: Pick<Binding, "checkPayloads" | "highWaterMark">,
    store: Store,
  ) {
    this.#flowId = flowId;
    this.#store = store;
    this.#policy = this.#own(policy, "fallback");
    this.#worker = worker;
  }

  /** The routines and connections. */
  get graph(): Graph {
    return { nodes: [...this.#nodes], connections: [...this.#connections] };
  }

  /** A copy of the graph, of which nothing is shared with it. */
  copy(): Graph {
    return {
      nodes: this.#nodes.map((node) => ({ ...node, config: structuredClone(node.config) })),
      connections: this.#connections.map(({ from, to, map }) => ({
        from,
        to,
        map: map && { ...map },
      })),
    };
  }

  /** Adds a routine, faults and all: they are found together. */
  add(id: string, routine: Routine, given: AddOptions<object, object>): void {
    // That it is empty, or has a dot in it, is found with all else that is wrong with the graph.
    if (id !== "") checkId("id", id);
    const options = checkOptions("flow.add", given, ADD);
    checkOptional(options);
    const changed = { ...routine?.config, ...options.config };
    const config = faithfulCopy(changed, `config of "${id}"`) as Record<string, unknown>;
    const policy = this.#own<RoutinePolicy<Fallback>>(options, `fallback of "${id}"`);
    this.#nodes.push({ id, routine, config });
    if (!isRoutine(routine) || this.bindings.has(id)) return;
    for (const { event } of fallbacksOf(options)) {
      if (!Object.hasOwn(routine.events, event)) {
        const events = Object.keys(routine.events);
        throw new InvalidOptionError("fallback.event", event, eventOf(id, event, events));
      }
    }
    const flowId = this.#flowId;
    this.bindings.set(id, { routine, config, flowId, routineId: id, ...this.#worker });
    this.policies.set(id, effectivePolicy(policy, this.#policy));
  }

  /** Makes a connection, faults and all. */
  connect(from: string, to: string, options: ConnectOptions): void {
    checkText("from", from);
    checkText("to", to);
    const { map } = checkOptions("flow.connect", options, CONNECT);
    this.#connections.push({ from, to, map: map && { ...map } });
  }

  /**
   * Finds all that is wrong with it.
   *
   * @param entries Slots that jobs start at, besides those that nothing is connected to.
   */
  issues(entries?: readonly string[]): FlowIssue[] {
    return [...checkGraph(this.graph, entries), ...this.#checkFallbacks()];
  }

  /**
   * Refuses a wiring that cannot work.
   *
   * @param entry Where a job starts, if one does.
   * @throws {FlowValidationError} With all its faults.
   */
  check(entry: string | undefined): void {
    const issues = this.issues(entry === undefined ? [] : [entry]);
    const faults = issues.filter(({ severity }) => severity === "error");
    if (faults.length > 0) throw new FlowValidationError(this.#flowId, faults);
  }

  /**
   * Refuses an entry that there is not.
   *
   * @throws {UnknownSlotError} With the slots that there are.
   */
  checkEntry(entry: string): void {
    const { routineId, port } = parseReference(entry);
    if (Object.hasOwn(this.bindings.get(routineId)?.routine.slots ?? {}, port)) return;
    const known = this.#nodes.flatMap(slotReferences);
    throw new UnknownSlotError(entry, known, { flowId: this.#flowId });
  }

  /** Finds the fallbacks of the flow's policy whose event no routine has: each routine may lack some. */
  *#checkFallbacks(): Iterable<FlowIssue> {
    const routines = [...this.bindings.values()].map(({ routine }) => routine);
    const events = new Set(routines.flatMap(({ events }) => Object.keys(events)));
    for (const { event } of fallbacksOf(this.#policy)) {
      if (events.has(event) || routines.length === 0) continue;
      const right = nearest(event, events);
      yield {
        code: "unknown_event",
        severity: "error",
        place: `flow "${this.#flowId}"`,
        message: `a fallback of its policy emits "${event}", which is an event of no routine`,
        fix: right === undefined ? "give one of their events" : `write "${right}"`,
      };
    }
  }

  /** A copy of a policy, whose fallbacks can be sent and stored. */
  #own<P extends Policy<Fallback>>(policy: P, what: string): P {
    const own = ownPolicy(policy, what);
    for (const { payload } of fallbacksOf(own)) this.#store.assertStorable?.(payload, what);
    return own;
  }
}

function eventOf(id: string, event: string, events: readonly string[]): string {
  const right = nearest(event, events);
  return right === undefined
    ? `an event of "${id}": ${events.join(", ") || "none"}`
    : `${JSON.stringify(right)}, which is an event of "${id}"`;
}
