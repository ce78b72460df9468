// The graph of a flow while it is being assembled: routines, connections and policies, each checked. `Flow`
// calls it, and fixes it at the first start.

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
  type Reference,
  slotReferences,
} from "../graph/graph.ts";
import type { RoutineLimit } from "../engine/gate.ts";
import {
  type EffectivePolicy,
  effectivePolicy,
  type Fallback,
  fallbacksOf,
  ownPolicy,
  type Policy,
  type RoutinePolicy,
} from "../graph/policy.ts";
import type { Binding } from "../pool/task.ts";
import { isRoutine, type Routine } from "../routine/routine.ts";
import type { Store } from "../store/store.ts";
import { ADD, checkLimitBy, CONNECT } from "./flow_calls.ts";
import type { AddOptions, LimitBy } from "./add_options.ts";
import type { ConnectOptions } from "./flow_options.ts";

/** The routines of a flow with their ids, configs and policies, and the connections between them. */
export class Wiring {
  /** The binding of each routine for its workers, by id. */
  readonly bindings = new Map<string, Binding>();
  /** The limits of single routines, by id. */
  readonly limits = new Map<string, RoutineLimit>();
  /** The functions that return the keys of these limits, by routine id. */
  readonly limitKeys = new Map<string, LimitBy>();
  /** The entries at which jobs were started. */
  readonly #entries = new Map<string, Reference>();
  /** The policy of each routine, by id. */
  readonly policies = new Map<string, EffectivePolicy>();
  readonly #flowId: string;
  readonly #policy: Policy<Fallback>;
  readonly #worker: WorkerSettings;
  readonly #store: Store;
  readonly #nodes: FlowNode[] = [];
  readonly #connections: Connection[] = [];

  /**
   * @param flowId The flow.
   * @param policy The checked policy for routines without their own policy.
   * @param worker The settings of the flow that workers need.
   * @param store The store of the emitted payloads.
   */
  constructor(
    flowId: string,
    policy: Policy<Fallback>,
    worker: WorkerSettings,
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

  /** Returns a deep copy of the graph. */
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

  /**
   * Adds a routine. Faults of the graph are not checked here, so that `issues` can report all of them
   * together.
   */
  add(id: string, routine: Routine, given: AddOptions<object, object>): void {
    // An empty id, or one with a dot, is reported with the other faults of the graph.
    if (id !== "") checkId("id", id);
    const options = checkOptions("flow.add", given, ADD);
    checkOptional(options);
    checkLimitBy(options);
    const changed = { ...routine?.config, ...options.config };
    const config = faithfulCopy(changed, `config of "${id}"`) as Record<string, unknown>;
    const policy = this.#own<RoutinePolicy<Fallback>>(options, `fallback of "${id}"`);
    const { concurrency = Infinity, rate, limitBy } = options;
    const isLimited = concurrency < Infinity || rate !== undefined;
    this.#nodes.push({ id, routine, config, ...isLimited && { isLimited } });
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
    if (!isLimited) return;
    const own = rate && { limit: rate.limit, per: rate.per };
    this.limits.set(id, { concurrency, rate: own, isKeyed: limitBy !== undefined });
    if (limitBy !== undefined) this.limitKeys.set(id, limitBy);
  }

  /** Adds a connection, without checking it against the graph. */
  connect(from: string, to: string, options: ConnectOptions): void {
    checkText("from", from);
    checkText("to", to);
    const { map } = checkOptions("flow.connect", options, CONNECT);
    this.#connections.push({ from, to, map: map && { ...map } });
  }

  /**
   * Finds all faults of the wiring.
   *
   * @param entries Slots at which jobs start, besides the slots without a connection.
   */
  issues(entries?: readonly string[]): FlowIssue[] {
    return [...checkGraph(this.graph, entries), ...this.#checkFallbacks()];
  }

  /**
   * Refuses an invalid wiring.
   *
   * @throws {FlowValidationError} With all its faults.
   */
  check(): void {
    const faults = this.issues().filter(({ severity }) => severity === "error");
    if (faults.length > 0) throw new FlowValidationError(this.#flowId, faults);
  }

  /**
   * Returns the two parts of an entry, which are the same strings each time, as each job holds them.
   *
   * @throws {UnknownSlotError} If it does not exist, with the existing slots.
   */
  entry(entry: string): Reference {
    const parsed = this.#entries.get(entry);
    if (parsed !== undefined) return parsed;
    const reference = parseReference(entry);
    const { routineId, port } = reference;
    if (Object.hasOwn(this.bindings.get(routineId)?.routine.slots ?? {}, port)) {
      this.#entries.set(entry, reference);
      return reference;
    }
    const known = this.#nodes.flatMap(slotReferences);
    throw new UnknownSlotError(entry, known, { flowId: this.#flowId });
  }

  /**
   * Finds fallbacks of the flow's policy on an event that no routine has. Single routines may lack the event.
   */
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

  /** Copies a policy, and checks that its fallbacks can be sent and stored. */
  #own<P extends Policy<Fallback>>(policy: P, what: string): P {
    const own = ownPolicy(policy, what);
    for (const { payload } of fallbacksOf(own)) this.#store.assertStorable?.(payload, what);
    return own;
  }
}

/** The settings of a flow that its workers need. */
type WorkerSettings = Pick<
  Binding,
  "checkPayloads" | "highWaterMark" | "highWaterBytes" | "traceModule"
>;

function eventOf(id: string, event: string, events: readonly string[]): string {
  const right = nearest(event, events);
  return right === undefined
    ? `an event of "${id}": ${events.join(", ") || "none"}`
    : `${JSON.stringify(right)}, which is an event of "${id}"`;
}
